using Multiprocessing;

namespace Services.Contenders;

/// <summary>A <see cref="ProcessService{TInterface}"/> of this library. All clients call its one proxy.</summary>
internal sealed class ServiceContender : ClientContender
{
    private ProcessService<ICalculator>? _service;

    public override string Name => Catalog.Service;

    public override bool Does(Work work) => true;

    protected override void Start() =>
        _service = ProcessService.StartAsync<ICalculator>(static () => new Calculator()).GetAwaiter().GetResult();

    protected override Client Connect() => new ServiceClient(_service!.Proxy);

    protected override void Stop() => _service!.Dispose();

    private sealed class ServiceClient(ICalculator proxy) : Client
    {
        public override int Call(int number) => proxy.Add(number);

        public override ValueTask<int> CallAsync(int number) => proxy.AddAsync(number);

        public override byte[] Echo(byte[] data) => proxy.Echo(data);

        public override IAsyncEnumerable<int> Count(int count) => proxy.Count(count);
    }
}

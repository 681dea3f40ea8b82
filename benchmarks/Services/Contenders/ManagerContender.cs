using Multiprocessing;

namespace Services.Contenders;

/// <summary>
/// A dictionary of a <see cref="ProcessManager"/> of this library: a call gets a number, an echo passes an array as the value to add and gets the one
/// that is there. All clients use the one proxy of their process.
/// </summary>
internal sealed class ManagerContender : ClientContender
{
    /// <summary>The key of the number that calls get.</summary>
    public const int Key = 0;

    private ProcessManager? _manager;
    private IManagedDictionary<int, int>? _numbers;

    public override string Name => Catalog.Manager;

    public override bool Does(Work work) => work.Kind is not Kind.Stream;

    protected override void Start()
    {
        _manager = ProcessManager.StartAsync().GetAwaiter().GetResult();
        _numbers = _manager.Dictionary<int, int>();
        _numbers.Set(Key, 1);
    }

    protected override Client Connect() => new DictionaryClient(_numbers!, _manager!.Dictionary<int, byte[]>());

    protected override void Stop()
    {
        _numbers!.Dispose();
        _manager!.Dispose();
    }
}

/// <summary>A client of two dictionaries of a manager, which disposes the second one.</summary>
internal class DictionaryClient(IManagedDictionary<int, int> numbers, IManagedDictionary<int, byte[]> arrays) : Client
{
    public override int Call(int number) => number + numbers.Get(ManagerContender.Key);

    public override async ValueTask<int> CallAsync(int number) => number + await numbers.GetAsync(ManagerContender.Key).ConfigureAwait(false);

    public override byte[] Echo(byte[] data) => arrays.GetOrAdd(data.Length, data);

    public override void Dispose() => arrays.Dispose();
}

using System.Threading.Channels;

namespace Services.Contenders;

/// <summary>
/// The bound: a task of this process instead of another process. Each client has one channel there and one back; nothing is copied.
/// </summary>
internal sealed class ChannelContender : ClientContender
{
    public override string Name => Catalog.Channel;

    public override bool Does(Work work) => true;

    protected override void Start()
    {
    }

    protected override Client Connect() => new ChannelClient();

    protected override void Stop()
    {
    }

    private sealed class ChannelClient : Client
    {
        private readonly Pair<int> _numbers = new();
        private readonly Pair<byte[]> _arrays = new();
        private readonly Pair<int> _streams = new();
        private readonly Task _serving;

        public ChannelClient() => _serving = Task.WhenAll(Task.Run(AddAsync), Task.Run(EchoAsync), Task.Run(CountAsync));

        public override int Call(int number)
        {
            _numbers.There.Writer.TryWrite(number);
            return _numbers.Back.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
        }

        public override ValueTask<int> CallAsync(int number)
        {
            _numbers.There.Writer.TryWrite(number);
            return _numbers.Back.Reader.ReadAsync();
        }

        public override byte[] Echo(byte[] data)
        {
            _arrays.There.Writer.TryWrite(data);
            return _arrays.Back.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
        }

        // The channel back has one reader, which reads one after the other.
        public override async Task PipelineAsync(int count, int window)
        {
            for (var i = 0; i < count + window; i++)
            {
                if (i >= window)
                {
                    Check(await _numbers.Back.Reader.ReadAsync().ConfigureAwait(false), i - window);
                }

                if (i < count)
                {
                    _numbers.There.Writer.TryWrite(i);
                }
            }
        }

        public override async IAsyncEnumerable<int> Count(int count)
        {
            _streams.There.Writer.TryWrite(count);
            for (var i = 0; i < count; i++)
            {
                yield return await _streams.Back.Reader.ReadAsync().ConfigureAwait(false);
            }
        }

        public override void Dispose()
        {
            _numbers.There.Writer.Complete();
            _arrays.There.Writer.Complete();
            _streams.There.Writer.Complete();
            _serving.GetAwaiter().GetResult();
        }

        private async Task AddAsync()
        {
            await foreach (var number in _numbers.There.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                _numbers.Back.Writer.TryWrite(number + 1);
            }
        }

        private async Task EchoAsync()
        {
            await foreach (var data in _arrays.There.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                _arrays.Back.Writer.TryWrite(data);
            }
        }

        private async Task CountAsync()
        {
            await foreach (var count in _streams.There.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                for (var i = 0; i < count; i++)
                {
                    _streams.Back.Writer.TryWrite(i);
                }
            }
        }
    }

    private sealed class Pair<T>
    {
        public Channel<T> There { get; } = Create();

        public Channel<T> Back { get; } = Create();

        private static Channel<T> Create() => Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    }
}

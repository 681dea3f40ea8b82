using System.IO.Pipes;
using StreamJsonRpc;

namespace Services.Contenders;

/// <summary>
/// StreamJsonRpc over a named pipe, with the quickest of its formats (MessagePack, lengths before the messages). Each client has a pipe of its own.
/// </summary>
internal sealed class StreamJsonRpcContender : ClientContender
{
    private readonly string _pipe = $"benchmark-{Guid.NewGuid():N}";
    private ServerProcess? _server;

    public override string Name => Catalog.StreamJsonRpc;

    public override bool Does(Work work) => true;

    protected override void Start() => _server = ServerProcess.Start(StreamJsonRpcServer.Argument, _pipe).WaitUntilReady();

    protected override Client Connect()
    {
        var stream = new NamedPipeClientStream(".", _pipe, PipeDirection.InOut, PipeOptions.Asynchronous);
        stream.Connect();
        var connection = StreamJsonRpcServer.Create(stream, null);
        connection.StartListening();
        return new StreamJsonRpcClient(connection);
    }

    protected override void Stop() => _server!.Dispose();

    private sealed class StreamJsonRpcClient(JsonRpc connection) : Client
    {
        public override int Call(int number) => connection.InvokeAsync<int>(nameof(StreamJsonRpcCalculator.Add), number).GetAwaiter().GetResult();

        public override ValueTask<int> CallAsync(int number) => new(connection.InvokeAsync<int>(nameof(StreamJsonRpcCalculator.Add), number));

        public override byte[] Echo(byte[] data) => connection.InvokeAsync<byte[]>(nameof(StreamJsonRpcCalculator.Echo), data).GetAwaiter().GetResult();

        public override async IAsyncEnumerable<int> Count(int count)
        {
            var items = await connection.InvokeAsync<IAsyncEnumerable<int>>(nameof(StreamJsonRpcCalculator.Count), count).ConfigureAwait(false);
            await foreach (var item in items.ConfigureAwait(false))
            {
                yield return item;
            }
        }

        public override void Dispose() => connection.Dispose();
    }
}

/// <summary>The server process of <see cref="StreamJsonRpcContender"/>.</summary>
internal static class StreamJsonRpcServer
{
    public const string Argument = "rpc-server";

    public static void Run(string pipe)
    {
        _ = Task.Run(() => AcceptAsync(pipe));
        _ = Console.In.ReadToEnd();
    }

    public static JsonRpc Create(Stream stream, object? target)
    {
        var handler = new LengthHeaderMessageHandler(stream, stream, new MessagePackFormatter());
        return target is null ? new JsonRpc(handler) : new JsonRpc(handler, target);
    }

    private static async Task AcceptAsync(string pipe)
    {
        for (var first = true; ; first = false)
        {
            var stream = new NamedPipeServerStream(
                pipe, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
            if (first)
            {
                Console.WriteLine("ready");
            }

            await stream.WaitForConnectionAsync().ConfigureAwait(false);
            Create(stream, new StreamJsonRpcCalculator()).StartListening();
        }
    }
}

internal sealed class StreamJsonRpcCalculator
{
    // As many items of a stream in one message as the number of calls on their way in the other cases.
    private static readonly JsonRpcEnumerableSettings Batches = new() { MinBatchSize = 256, MaxReadAhead = 1024 };

    public int Add(int number) => number + 1;

    public byte[] Echo(byte[] data) => data;

    public IAsyncEnumerable<int> Count(int count) => new Calculator().Count(count).WithJsonRpcSettings(Batches);
}

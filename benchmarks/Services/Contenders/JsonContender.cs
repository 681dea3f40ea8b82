using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;

namespace Services.Contenders;

/// <summary>
/// Lines of JSON over a child's redirected streams, as programs write it by hand: a lock around the writer, one task that reads the replies, and a
/// dictionary of the calls on their way. All clients share the one pair of streams.
/// </summary>
internal sealed class JsonContender : ClientContender
{
    private JsonConnection? _connection;

    public override string Name => Catalog.Json;

    public override bool Does(Work work) => true;

    protected override void Start() => _connection = new JsonConnection();

    protected override Client Connect() => new JsonClient(_connection!);

    protected override void Stop() => _connection!.Dispose();
}

internal sealed class JsonClient(JsonConnection connection) : Client
{
    public override int Call(int number) => connection.CallAsync(new(connection.NextId(), "add", number, null)).GetAwaiter().GetResult().Number;

    public override async ValueTask<int> CallAsync(int number) =>
        (await connection.CallAsync(new(connection.NextId(), "add", number, null)).ConfigureAwait(false)).Number;

    public override byte[] Echo(byte[] data) => connection.CallAsync(new(connection.NextId(), "echo", 0, data)).GetAwaiter().GetResult().Data!;

    public override async IAsyncEnumerable<int> Count(int count)
    {
        await foreach (var item in connection.Stream(new(connection.NextId(), "count", count, null)).ConfigureAwait(false))
        {
            yield return item.Number;
        }
    }
}

/// <summary>The child process and the calls on their way.</summary>
internal sealed class JsonConnection : IDisposable
{
    private readonly ServerProcess _server = ServerProcess.Start(JsonServer.Argument);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonReply>> _calls = [];
    private readonly ConcurrentDictionary<long, Channel<JsonReply>> _streams = [];
    private readonly Lock _writing = new();
    private readonly Task _reading;
    private long _lastId;

    public JsonConnection() => _reading = Task.Run(ReadAsync);

    public long NextId() => Interlocked.Increment(ref _lastId);

    public Task<JsonReply> CallAsync(JsonRequest request)
    {
        var call = new TaskCompletionSource<JsonReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[request.Id] = call;
        Write(request);
        return call.Task;
    }

    public IAsyncEnumerable<JsonReply> Stream(JsonRequest request)
    {
        var stream = Channel.CreateUnbounded<JsonReply>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        _streams[request.Id] = stream;
        Write(request);
        return stream.Reader.ReadAllAsync();
    }

    public void Dispose()
    {
        _server.Process.StandardInput.Close();
        _reading.GetAwaiter().GetResult();
        _server.Dispose();
    }

    private void Write(JsonRequest request)
    {
        var line = JsonSerializer.Serialize(request, JsonContract.Default.JsonRequest);
        lock (_writing)
        {
            var input = _server.Process.StandardInput;
            input.WriteLine(line);
            input.Flush();
        }
    }

    private async Task ReadAsync()
    {
        while (await _server.Process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            var reply = JsonSerializer.Deserialize(line, JsonContract.Default.JsonReply)!;
            if (_calls.TryRemove(reply.Id, out var call))
            {
                call.SetResult(reply);
            }
            else if (reply.More)
            {
                _streams[reply.Id].Writer.TryWrite(reply);
            }
            else if (_streams.TryRemove(reply.Id, out var stream))
            {
                stream.Writer.Complete();
            }
        }
    }
}

using System.IO.Pipes;

namespace Services.Contenders;

/// <summary>A named pipe of <see cref="System.IO.Pipes"/> to a server process, with frames as programs write them by hand. Each client has a pipe of its own.</summary>
internal sealed class NamedPipeContender : ClientContender
{
    private readonly string _pipe = $"benchmark-{Guid.NewGuid():N}";
    private ServerProcess? _server;

    public override string Name => Catalog.NamedPipe;

    public override bool Does(Work work) => true;

    protected override void Start() => _server = ServerProcess.Start(NamedPipeServer.Argument, _pipe).WaitUntilReady();

    protected override Client Connect()
    {
        var stream = new NamedPipeClientStream(".", _pipe, PipeDirection.InOut, PipeOptions.Asynchronous);
        stream.Connect();
        return new NamedPipeClient(stream);
    }

    protected override void Stop() => _server!.Dispose();
}

/// <summary>A request is its kind, a number or a length, and the bytes. A reply is a number, the bytes, or the numbers of a stream.</summary>
internal sealed class NamedPipeClient(NamedPipeClientStream stream) : Client
{
    private readonly byte[] _request = new byte[PipeFrame.HeaderSize];
    private readonly byte[] _reply = new byte[sizeof(int)];

    public override int Call(int number)
    {
        Send(PipeRequest.Add, number);
        return Receive();
    }

    public override async ValueTask<int> CallAsync(int number)
    {
        PipeFrame.Write(_request, PipeRequest.Add, number);
        await stream.WriteAsync(_request).ConfigureAwait(false);
        await stream.ReadExactlyAsync(_reply).ConfigureAwait(false);
        return BitConverter.ToInt32(_reply);
    }

    public override byte[] Echo(byte[] data)
    {
        Send(PipeRequest.Echo, data.Length);
        stream.Write(data);
        var result = new byte[data.Length];
        stream.ReadExactly(result);
        return result;
    }

    public override Task PipelineAsync(int count, int window)
    {
        for (var i = 0; i < count + window; i++)
        {
            if (i >= window)
            {
                Check(Receive(), i - window);
            }

            if (i < count)
            {
                Send(PipeRequest.Add, i);
            }
        }

        return Task.CompletedTask;
    }

    public override async IAsyncEnumerable<int> Count(int count)
    {
        Send(PipeRequest.Count, count);

        // It is the only reader until the stream has ended, and reads no further.
        var block = new byte[1 << 16];
        for (var left = (long)count * sizeof(int); left > 0;)
        {
            var read = await stream.ReadAtLeastAsync(block.AsMemory(0, (int)Math.Min(block.Length, left)), sizeof(int)).ConfigureAwait(false);
            var whole = read - (read % sizeof(int));
            if (whole < read)
            {
                await stream.ReadExactlyAsync(block.AsMemory(read, whole + sizeof(int) - read)).ConfigureAwait(false);
                whole += sizeof(int);
            }

            for (var at = 0; at < whole; at += sizeof(int))
            {
                yield return BitConverter.ToInt32(block, at);
            }

            left -= whole;
        }
    }

    public override void Dispose() => stream.Dispose();

    private void Send(PipeRequest kind, int number)
    {
        PipeFrame.Write(_request, kind, number);
        stream.Write(_request);
    }

    private int Receive()
    {
        stream.ReadExactly(_reply);
        return BitConverter.ToInt32(_reply);
    }
}

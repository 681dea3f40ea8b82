using Multiprocessing;

namespace Services.Contenders;

/// <summary>
/// Pipes of this library to one child process. Each client has two pipes, each with a thread in the child: one for numbers and one for bytes.
/// </summary>
internal sealed class PipeContender : ClientContender
{
    private ProcessQueue<PipeEnd>? _ends;
    private ChildProcess? _child;

    public override string Name => Catalog.Pipe;

    public override bool Does(Work work) => true;

    protected override void Start()
    {
        _ends = new ProcessQueue<PipeEnd>();
        _child = ChildProcess.Run(Serve, _ends);
    }

    protected override Client Connect() => new PipeClient(Open(PipeUse.Numbers), Open(PipeUse.Bytes), Open(PipeUse.Streams));

    protected override void Stop()
    {
        _ends!.Complete();
        _child!.Join();
        _child.Dispose();
        _ends.Dispose();
    }

    private Connection Open(PipeUse use)
    {
        var (mine, theirs) = ProcessPipe.Create();
        using (theirs)
        {
            _ends!.Put(new(theirs, use));
        }

        return mine;
    }

    private static void Serve(ProcessQueue<PipeEnd> ends)
    {
        var threads = new List<Thread>();
        foreach (var end in ends.ReadAll())
        {
            var thread = new Thread(() => Serve(end));
            thread.Start();
            threads.Add(thread);
        }

        threads.ForEach(thread => thread.Join());
    }

    private static void Serve(PipeEnd end)
    {
        using var connection = end.Connection;
        switch (end.Use)
        {
            case PipeUse.Numbers:
                foreach (var number in connection.ReadAll<int>())
                {
                    connection.Send(number + 1);
                }

                break;
            case PipeUse.Streams:
                foreach (var count in connection.ReadAll<int>())
                {
                    for (var i = 0; i < count; i++)
                    {
                        connection.Send(i);
                    }
                }

                break;
            default:
                Echo(connection);
                break;
        }
    }

    private static void Echo(Connection connection)
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (true)
            {
                var length = connection.ReceiveBytesInto(buffer);
                connection.SendBytes(buffer.AsSpan(0, length));
            }
        }
        catch (ConnectionClosedException)
        {
            // The client has ended.
        }
    }
}

internal enum PipeUse
{
    Numbers,
    Bytes,
    Streams,
}

internal sealed record PipeEnd(Connection Connection, PipeUse Use);

internal sealed class PipeClient(Connection numbers, Connection bytes, Connection streams) : Client
{
    public override int Call(int number)
    {
        numbers.Send(number);
        return numbers.Receive<int>();
    }

    public override async ValueTask<int> CallAsync(int number)
    {
        await numbers.SendAsync(number).ConfigureAwait(false);
        return await numbers.ReceiveAsync<int>().ConfigureAwait(false);
    }

    public override byte[] Echo(byte[] data)
    {
        bytes.SendBytes(data);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.ReceiveBytesInto(data), data.Length);
        return data;
    }

    public override Task PipelineAsync(int count, int window)
    {
        for (var i = 0; i < count + window; i++)
        {
            if (i >= window)
            {
                Check(numbers.Receive<int>(), i - window);
            }

            if (i < count)
            {
                numbers.Send(i);
            }
        }

        return Task.CompletedTask;
    }

    public override async IAsyncEnumerable<int> Count(int count)
    {
        streams.Send(count);
        for (var i = 0; i < count; i++)
        {
            yield return await streams.ReceiveAsync<int>().ConfigureAwait(false);
        }
    }

    public override void Dispose()
    {
        numbers.Dispose();
        bytes.Dispose();
        streams.Dispose();
    }
}

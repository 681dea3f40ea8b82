using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The parent's end of a child's output stream. Keeps the head and the tail, and passes the bytes on as the options require.</summary>
internal sealed class OutputCapture
{
    private const int PendingLimit = 1 << 20;

    private readonly PipeEnd _source;
    private readonly OutputHistory _history = new();
    private OutputPump? _pump;
    private Action? _onRoom;
    private volatile bool _isUnlimited;

    public OutputCapture(PipeEnd source)
    {
        _source = source;
        source.SetNonBlocking();
    }

    /// <summary>The crash that the runtime announced in the output, or <see langword="null"/>.</summary>
    public RuntimeCrash? Crash => _history.Crash;

    public PipeEnd Source => _source;

    /// <summary>
    /// Sets the destination of the output. Called before the stream is watched; for a spare, which another thread reads already, before the spare
    /// receives a body.
    /// </summary>
    public void PassOn(ProcessOutput output, OutputOrigin origin, Action<Exception> onError)
    {
        if (output.Open(origin, onError) is { } sink)
        {
            Volatile.Write(ref _pump, new OutputPump(sink, onError, this));
        }
    }

    /// <summary>The sink is slow: reading pauses, so that the child waits on its full pipe as it would on a slow terminal.</summary>
    public bool IsCongested => !_isUnlimited && _pump?.PendingBytes > PendingLimit;

    /// <summary>Reads the available bytes. Returns <see langword="false"/> at the end of the stream.</summary>
    public bool Read()
    {
        Span<byte> buffer = stackalloc byte[16 * 1024];
        while (!IsCongested)
        {
            var count = _source.Read(buffer);
            if (count <= 0)
            {
                return count != 0;
            }

            Take(buffer[..count]);
        }

        return true;
    }

    /// <summary>Reads the rest after the end of the child, without waiting for other processes that have the other end of the pipe open.</summary>
    public void ReadRest()
    {
        _source.Settle();
        Span<byte> buffer = stackalloc byte[16 * 1024];
        for (var count = _source.Read(buffer); count > 0; count = _source.Read(buffer))
        {
            Take(buffer[..count]);
        }
    }

    /// <summary>Calls back once everything that was read has been delivered.</summary>
    public void WhenDelivered(Action action)
    {
        if (_pump is null)
        {
            action();
            return;
        }

        _pump.Finish(action);
    }

    /// <summary>Calls back once there is room again. Called while the capture is congested.</summary>
    public void WhenDrained(Action action)
    {
        Interlocked.Exchange(ref _onRoom, action);
        (_pump ?? throw new InvalidOperationException("Only a pump can be congested.")).WhenDrained(ReadOn);
        if (_isUnlimited)
        {
            ReadOn(); // the limit was lifted since the check
        }
    }

    /// <summary>
    /// A callback for this output waits for the end of the process. From now on the stream is read however much is pending, because the process may
    /// wait for room in its pipe.
    /// </summary>
    public void LiftLimit()
    {
        _isUnlimited = true;
        Interlocked.MemoryBarrier(); // either this thread finds the action, or the thread that stores it finds the limit lifted
        ReadOn();
    }

    private void ReadOn() => Interlocked.Exchange(ref _onRoom, null)?.Invoke();

    /// <summary>The last whole characters of the output, at most 4 KiB.</summary>
    public string Tail() => _history.Tail();

    /// <summary>The beginning and the end of the output.</summary>
    public KeptOutput Keep() => _history.Keep();

    private void Take(ReadOnlySpan<byte> data)
    {
        _history.Add(data);
        _pump?.Post(data.ToArray());
    }
}

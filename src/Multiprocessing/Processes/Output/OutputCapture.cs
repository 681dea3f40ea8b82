using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The parent's end of a child's output stream: keeps the head and the tail and passes on what the options ask for.</summary>
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

    /// <summary>Which of the runtime's own last words went by, or <see langword="null"/>.</summary>
    public RuntimeCrash? Crash => _history.Crash;

    public PipeEnd Source => _source;

    /// <summary>Says where the output goes; before it is watched, or, while another thread reads a spare's, before that spare gets a body.</summary>
    public void PassOn(ProcessOutput output, OutputOrigin origin, Action<Exception> onError)
    {
        if (output.Open(origin, onError) is { } sink)
        {
            Volatile.Write(ref _pump, new OutputPump(sink, onError, this));
        }
    }

    /// <summary>The sink is slow: stop reading for now, so that the child waits on its full pipe as it would on a slow terminal.</summary>
    public bool IsCongested => !_isUnlimited && _pump?.PendingBytes > PendingLimit;

    /// <summary>Reads what is there; <see langword="false"/> at the end of the stream.</summary>
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

    /// <summary>After the child's end: what is left in the pipe, and no waiting for others who may hold its other end.</summary>
    public void ReadRest()
    {
        _source.Settle();
        Span<byte> buffer = stackalloc byte[16 * 1024];
        for (var count = _source.Read(buffer); count > 0; count = _source.Read(buffer))
        {
            Take(buffer[..count]);
        }
    }

    /// <summary>Calls back once everything read has been delivered.</summary>
    public void WhenDelivered(Action action)
    {
        if (_pump is null)
        {
            action();
            return;
        }

        _pump.Finish(action);
    }

    /// <summary>Calls back once there is room again; while it is congested.</summary>
    public void WhenDrained(Action action)
    {
        Interlocked.Exchange(ref _onRoom, action);
        (_pump ?? throw new InvalidOperationException("Only a pump can be congested.")).WhenDrained(ReadOn);
        if (_isUnlimited)
        {
            ReadOn(); // the limit was lifted since it was looked at
        }
    }

    /// <summary>A callback for this output waits for the process's end: from now on it is read however much is pending, for the process may wait for room in its pipe.</summary>
    public void LiftLimit()
    {
        _isUnlimited = true;
        Interlocked.MemoryBarrier(); // either this finds the action, or who leaves it finds the limit lifted
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

using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>One end of a pipe over shared memory: a queue for each direction, without a ring of its own.</summary>
internal sealed partial class PipeTransport : MessageTransport, IWaitable
{
    private readonly PipeSide _end;
    private readonly QueueCore? _incoming;
    private readonly QueueCore? _outgoing;
    private volatile bool _disposed;
    private int _released;

    /// <param name="end">The caller's reference to it is passed on to this object.</param>
    public PipeTransport(PipeSide end)
    {
        _end = end;
        _incoming = end.Incoming;
        _outgoing = end.Outgoing;
    }

    /// <summary>Releases the end when it was not disposed.</summary>
    ~PipeTransport() => LastResort.Finalize(this, static transport => transport.Release());

    /// <summary>Gets the segment whose holders are those of the end.</summary>
    internal SegmentId EndId => _end.Segment.Id;

    public override bool CanSend => _outgoing is not null;

    public override bool CanReceive => _incoming is not null;

    public override bool SharesSession => true;

    public override bool KeepsLargeMessages => true;

    public override string Description => _end.AnyQueue.Name is { } name ? $"the pipe '{name}'" : "the pipe";

    public override bool IsDisposed => _disposed;

    public override bool IsReadable
    {
        get
        {
            var isReadable = Incoming().IsDataWaitOver;
            GC.KeepAlive(this);
            return isReadable;
        }
    }

    public override bool IsAtEnd
    {
        get
        {
            var queue = Incoming();
            var isAtEnd = (queue.HasEndedNow(QueueWaitKind.Data) || queue.IsCompletionRequested) && !queue.MayHaveItems;
            GC.KeepAlive(this);
            return isAtEnd;
        }
    }

    public override IWaitable Readable
    {
        get
        {
            Incoming();
            return this;
        }
    }

    bool IWaitable.IsReady => IsReadable;

    IDisposable IWaitable.Register(Action signal)
    {
        var registration = Incoming().DataWaiters.Observe(signal);
        GC.KeepAlive(this);
        return registration;
    }

    public override void CompleteSending()
    {
        Outgoing().Complete(null);
        GC.KeepAlive(this);
    }

    public override ConnectionClosedException Closed(bool wasSending)
    {
        if (!_end.IsPeerClosed)
        {
            return new ConnectionClosedException($"All messages of {Description} were received, and the other side has completed its output.");
        }

        _end.DropUnread();
        var fate = _end.FindFateOfPeer();
        GC.KeepAlive(this);
        return wasSending
            ? fate.ToError(
                $"The message was not sent: the other end of {Description} is closed, and no process would receive it. The last process that held "
                + "that end",
                "Create a new pipe to send to another process.")
            : fate.ToError(
                $"All messages of {Description} were received, and no more will follow: the last process that held the other end",
                "To end a stream of messages in good order, read it with ReadAll or ReadAllAsync, which end here, or send a last message.");
    }

    public override void Dispose()
    {
        _disposed = true;
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        // A constructor that threw leaves an object with a finalizer and no end.
        if (_end is null || Interlocked.Exchange(ref _released, 1) != 0)
        {
            return;
        }

        _end.Session.Objects.Release(_end);
        if (!_end.Session.HasLeft)
        {
            // Waiting calls of this wrapper see that it is disposed; those of other wrappers check once more than needed.
            _end.WakeBoth();
        }

        _incoming?.ReleaseAsync();
        _outgoing?.ReleaseAsync();
    }

    /// <summary>Checks that this end can receive, and notes that this process uses it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private QueueCore Incoming()
    {
        if (_disposed || _incoming is null || !_end.IsUsed)
        {
            BeforeUse(_incoming is not null, "send-only: it is the sending end of a one-way pipe. Receive from the other end.");
        }

        return _incoming!;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private QueueCore Outgoing()
    {
        if (_disposed || _outgoing is null || !_end.IsUsed)
        {
            BeforeUse(_outgoing is not null, "receive-only: it is the receiving end of a one-way pipe. Send from the other end.");
        }

        return _outgoing!;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BeforeUse(bool isPossible, string otherwise)
    {
        ThrowIfDisposed();
        if (!isPossible)
        {
            throw new InvalidOperationException($"This connection is {otherwise}");
        }

        _end.Use();
        GC.KeepAlive(this);
    }

    private void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw new ObjectDisposedException(nameof(Connection), "The connection was disposed in this process.");
        }
    }
}

namespace Multiprocessing;

/// <summary>What a child has reported over its control channel. Written by the watcher's thread; <see cref="Result"/> is read by others.</summary>
internal sealed class ChildReports
{
    private byte[]? _result;

    /// <summary>The body was read and runs.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>The signal that the child is stopping for, 0 for a request of the parent, <see langword="null"/> if it is not stopping.</summary>
    public int? StopSignal { get; private set; }

    /// <summary>The exit code that the child announced.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>The serialized exception that left the body. The first one counts.</summary>
    public byte[]? Failure { get; private set; }

    /// <summary>The serialized exception that kept the body from starting.</summary>
    public byte[]? Rejection { get; private set; }

    /// <summary><see cref="Rejection"/> is the exception of the initializer.</summary>
    public bool InitializerFailed { get; private set; }

    /// <summary>The serialized result: the body has ended, and the process is about to exit.</summary>
    public byte[]? Result => Volatile.Read(ref _result);

    public void SetStarted() => IsStarted = true;

    /// <summary>Keeps the first result.</summary>
    public bool TrySetResult(byte[] payload)
    {
        if (_result is not null)
        {
            return false;
        }

        Volatile.Write(ref _result, payload);
        return true;
    }

    public void SetEnd(ControlFrame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Failed:
                Failure ??= frame.Payload;
                break;
            case FrameKind.InitializerFailed:
                Rejection = frame.Payload;
                InitializerFailed = true;
                break;
            case FrameKind.Rejected:
                Rejection = frame.Payload;
                break;
            case FrameKind.Stopping:
                StopSignal = frame.Payload is [var signal] ? signal : 0;
                break;
            case FrameKind.Exiting:
                ExitCode = frame.Payload is { Length: sizeof(int) } code ? BitConverter.ToInt32(code) : null;
                break;
        }
    }
}

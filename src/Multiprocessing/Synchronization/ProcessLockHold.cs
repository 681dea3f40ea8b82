namespace Multiprocessing;

/// <summary>
/// The ownership of a <see cref="ProcessLock"/> by a flow of control instead of a thread: what <see cref="ProcessLock.EnterAsync"/> returns. It belongs to the process; when that
/// ends with the lock in its hold, the next owner is told. A hold that is forgotten without being disposed keeps the lock as long as the process lives.
/// </summary>
public sealed class ProcessLockHold : IDisposable
{
    private readonly LockCore _core;
    private int _disposed;

    internal ProcessLockHold(ProcessLock entered, LockCore core)
    {
        Lock = entered;
        _core = core;
    }

    /// <summary>What is held.</summary>
    public ProcessLock Lock { get; }

    /// <summary>The lock's last owner died: what the lock guards may be half done. True until the hold is disposed.</summary>
    public bool WasAbandoned => Result.WasAbandoned;

    /// <summary>How the lock was entered, also on the way back from a wait at a <see cref="ProcessCondition"/>.</summary>
    public EnterResult Result => _core.IsHeldBy(this) ? _core.Entered : default;

    internal LockCore Core => _core;

    /// <summary>Exits the lock. Any thread may; a second call does nothing.</summary>
    /// <exception cref="SynchronizationLockException">The lock itself was disposed in this process before, and handed on as abandoned.</exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _core.Exit(this);
            GC.KeepAlive(Lock);
        }
    }
}

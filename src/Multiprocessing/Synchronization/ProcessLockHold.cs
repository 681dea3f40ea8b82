namespace Multiprocessing;

/// <summary>
/// The ownership of a <see cref="ProcessLock"/> or a <see cref="ProcessReaderWriterLock"/> that an asynchronous call entered. The owner is this
/// object instead of a thread: code may await while the lock is held, and any thread may dispose the hold. If the process ends while it holds the
/// lock, the lock is released and the next owner is notified (<see cref="EnterResult.WasAbandoned"/>). A hold that is never disposed keeps the lock
/// as long as the process runs.
/// </summary>
/// <example>
/// <code>
/// using var gate = new ProcessLock();
/// using (ProcessLockHold hold = await gate.EnterAsync())
/// {
///     await Task.Delay(10); // the hold owns the lock, not a thread
/// }
/// </code>
/// </example>
public sealed class ProcessLockHold : IDisposable
{
    // One of the two: which kind of lock is held.
    private readonly LockCore? _core;
    private readonly ReaderWriterCore? _readerWriterCore;
    private readonly ReaderWriterMode _mode;
    private readonly EnterResult _result;
    private int _disposed;

    internal ProcessLockHold(ProcessLock entered, LockCore core)
    {
        Lock = entered;
        _core = core;
    }

    internal ProcessLockHold(ProcessReaderWriterLock entered, ReaderWriterCore core, ReaderWriterMode mode)
    {
        Lock = entered;
        _readerWriterCore = core;
        _mode = mode;
        _result = core.Abandonment;
    }

    /// <summary>Gets the lock that is held.</summary>
    public ProcessSynchronizationObject Lock { get; }

    /// <summary>Gets whether the last owner died while it held the lock: the data that the lock guards may be incomplete.</summary>
    public bool WasAbandoned => Result.WasAbandoned;

    /// <summary>Gets how the lock was entered, or entered again after a wait at a <see cref="ProcessCondition"/>.</summary>
    public EnterResult Result => _core is null ? _result : _core.IsHeldBy(this) ? _core.Entered : default;

    /// <summary>Exits the lock. Any thread may call this; a second call does nothing.</summary>
    /// <exception cref="SynchronizationLockException">
    /// The lock object was disposed in this process earlier, which released the lock as abandoned.
    /// </exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_core is not null)
        {
            _core.Exit(this);
        }
        else
        {
            _readerWriterCore!.Exit(_mode);
        }

        GC.KeepAlive(Lock);
    }
}

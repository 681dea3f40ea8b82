namespace Multiprocessing;

/// <summary>
/// What has a <see cref="ProcessReaderWriterLock"/> that was entered by an asynchronous call: a flow of control instead of a thread. It belongs to the process, and is given up when that ends.
/// </summary>
public sealed class ProcessReaderWriterHold : IDisposable
{
    private readonly ReaderWriterCore _core;
    private readonly ReaderWriterMode _mode;
    private int _disposed;

    internal ProcessReaderWriterHold(ProcessReaderWriterLock entered, ReaderWriterCore core, ReaderWriterMode mode)
    {
        Lock = entered;
        _core = core;
        _mode = mode;
        Result = core.Abandonment;
    }

    /// <summary>What is held.</summary>
    public ProcessReaderWriterLock Lock { get; }

    /// <summary>Whether it writes; else it reads.</summary>
    public bool IsWriter => _mode is ReaderWriterMode.Write;

    /// <summary>Whether a writer died and left something to repair.</summary>
    public EnterResult Result { get; }

    /// <inheritdoc cref="EnterResult.WasAbandoned"/>
    public bool WasAbandoned => Result.WasAbandoned;

    /// <summary>Exits. Any thread may; a second call does nothing.</summary>
    /// <exception cref="SynchronizationLockException">The lock itself was disposed in this process before.</exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _core.Exit(_mode);
            GC.KeepAlive(Lock);
        }
    }
}

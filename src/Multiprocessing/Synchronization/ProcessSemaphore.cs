using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A number of counts that the threads of all processes that have it take and give back.
/// <para>
/// Counts that a process took and did not give back come back when it ends, however it ends. Whoever gives back more than his process took gives back in the name of others: a semaphore whose
/// counts are always given back by somebody else, as a signal, does not get them back from the dead.
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time. Who waits is not served in order.</para>
/// </summary>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed class ProcessSemaphore : ProcessSynchronizationObject, IProcessHandle<ProcessSemaphore>
{
    private readonly SemaphoreCore _core;

    /// <summary>Creates a semaphore.</summary>
    /// <param name="initialCount">How many counts there are to be taken now.</param>
    /// <param name="maxCount">How many there may be at most. The default value is <see cref="int.MaxValue"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="initialCount"/> is negative or above <paramref name="maxCount"/>, or <paramref name="maxCount"/> is zero or less.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it (12 KiB).</exception>
    public ProcessSemaphore(int initialCount, int maxCount = int.MaxValue)
        : this(null, initialCount, maxCount)
    {
    }

    internal ProcessSemaphore(Session? session, int initialCount, int maxCount)
        : this(Make(session, initialCount, maxCount))
    {
    }

    internal ProcessSemaphore(SyncObject shared)
        : base(shared) => _core = (SemaphoreCore)shared.Core;

    /// <summary>How many counts there may be at most.</summary>
    public int MaxCount => _core.MaxCount;

    /// <summary>How many counts could be taken: exact at one moment during the call, and possibly different already when it returns.</summary>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed in this process.</exception>
    public int CurrentCount
    {
        get
        {
            ThrowIfDisposed();
            var count = _core.Count;
            GC.KeepAlive(this);
            return count;
        }
    }

    private string DebuggerText => $"{_core.Count} of {(MaxCount == int.MaxValue ? "any number" : MaxCount)}";

    /// <summary>Waits for a count and takes it.</summary>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
    /// <exception cref="OperationCanceledException">The token fired before there was a count.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed in this process, before the call or during it.</exception>
    public void Wait(CancellationToken cancellationToken = default) => Wait(Deadline.Never, cancellationToken);

    /// <summary>Waits for a count and takes it, but does not wait for longer than a time.</summary>
    /// <param name="timeout">How long to wait; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
    /// <returns>False if there was none in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default) => Wait(Deadline.After(timeout), cancellationToken);

    /// <summary>Waits without a thread for a count and takes it.</summary>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public async ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        await _core.WaitAsync(this, Deadline.Never, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits without a thread for a count and takes it, but does not wait for longer than a time.</summary>
    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _core.WaitAsync(this, Deadline.After(timeout), cancellationToken);

    /// <summary>Gives counts back, or adds them.</summary>
    /// <param name="releaseCount">How many. The default value is 1.</param>
    /// <returns>How many there were before.</returns>
    /// <exception cref="SemaphoreFullException">There would be more than <see cref="MaxCount"/>; nothing was given back.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="releaseCount"/> is zero or less.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed in this process.</exception>
    public int Release(int releaseCount = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(releaseCount);
        ThrowIfDisposed();
        var before = _core.Release(releaseCount);
        GC.KeepAlive(this);
        return before >= 0
            ? before
            : throw new SemaphoreFullException($"The semaphore has at most {MaxCount} counts, and {releaseCount} more would be too many: somebody gives back more than was taken.");
    }

    void IProcessHandle<ProcessSemaphore>.WriteHandle(HandleWriter writer) => Write(writer);

    static ProcessSemaphore IProcessHandle<ProcessSemaphore>.ReadHandle(ref HandleReader reader) => new(Open(ref reader, SegmentKind.Semaphore));

    private static SyncObject Make(Session? session, int initialCount, int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCount);
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(initialCount, maxCount);
        return SemaphoreCore.Create(session ?? Session.Current, initialCount, maxCount);
    }

    private bool Wait(Deadline deadline, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var taken = _core.TryTake() || _core.Wait(this, deadline, cancellationToken);
        GC.KeepAlive(this);
        return taken;
    }
}

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// A number of counts that the threads of all processes that hold this object take and release.
/// <para>
/// When a process ends for any reason, the counts that it took and did not release are released. A process that releases more than it took releases
/// counts of others: if the counts of a semaphore are always released by another process, as a signal, a death releases nothing.
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time. Waiters are not served in FIFO order.</para>
/// </summary>
/// <example>
/// <code>
/// using var connections = new ProcessSemaphore(initialCount: 4); // at most 4 processes at a time
/// using var child = ChildProcess.Run(() =>
/// {
///     connections.Wait();
///     try
///     {
///         Console.WriteLine("connected");
///     }
///     finally
///     {
///         connections.Release();
///     }
/// });
/// child.Wait();
/// </code>
/// </example>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed class ProcessSemaphore : ProcessSynchronizationObject, IProcessHandle<ProcessSemaphore>, IProcessWaitable, IWaitable
{
    private readonly SemaphoreCore _core;

    /// <summary>Creates a semaphore.</summary>
    /// <param name="initialCount">The initial number of counts.</param>
    /// <param name="maxCount">The maximum number of counts. The default value is <see cref="int.MaxValue"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="initialCount"/> is negative or above <paramref name="maxCount"/>, or <paramref name="maxCount"/> is zero or less.
    /// </exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (12 KiB).</exception>
    public ProcessSemaphore(int initialCount, int maxCount = int.MaxValue)
        : this(null, initialCount, maxCount)
    {
    }

    /// <summary>
    /// Opens the semaphore of a name, or creates it: all programs of this user that use the name get the same one, whichever program started them.
    /// It is freed when the last of them has disposed it or has exited for any reason.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case-sensitive. All kinds of objects share one set of names.</param>
    /// <param name="initialCount">The initial number of counts, if it is created by this call; otherwise ignored.</param>
    /// <param name="maxCount">The maximum number of counts; the same for all programs.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, to a semaphore with another maximum, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="maxCount"/> is not above zero, or <paramref name="initialCount"/> not between zero and that.
    /// </exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory.</exception>
    public static ProcessSemaphore OpenOrCreate(string name, int initialCount, int maxCount = int.MaxValue) =>
        OpenOrCreate(null, name, initialCount, maxCount);

    /// <summary>Opens the semaphore of a name, with the options that it was created with.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has an object of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static ProcessSemaphore Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<ProcessSemaphore>(null), OpenNamed);

    /// <summary>Opens the semaphore of a name if it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">The opened object, or null.</param>
    /// <returns>False if no program has an object of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessSemaphore? opened) =>
        NamedObject.TryOpen(null, name, NamedIdentity.Of<ProcessSemaphore>(null), OpenNamed, out opened);

    internal static ProcessSemaphore OpenOrCreate(Session? session, string name, int initialCount, int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCount);
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(initialCount, maxCount);
        return NamedObject.OpenOrCreate(
            session, name, NamedIdentity.Of<ProcessSemaphore>($"at most {maxCount}"), OpenNamed,
            owner => new ProcessSemaphore(owner, initialCount, maxCount));
    }

    private static ProcessSemaphore? OpenNamed(Session session, SegmentId id) =>
        SyncObject.Open(session, id, SegmentKind.Semaphore) is { } shared ? new ProcessSemaphore(shared) : null;

    internal ProcessSemaphore(Session? session, int initialCount, int maxCount)
        : this(Make(session, initialCount, maxCount))
    {
    }

    internal ProcessSemaphore(SyncObject shared)
        : base(shared) => _core = (SemaphoreCore)shared.Core;

    /// <summary>Gets the maximum number of counts.</summary>
    public int MaxCount => _core.MaxCount;

    /// <summary>Gets the number of counts that can be taken: exact at one moment during the call, and possibly different when it returns.</summary>
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
    /// <param name="cancellationToken">Ends the wait; then nothing was taken.</param>
    /// <exception cref="OperationCanceledException">The token was canceled before there was a count.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed in this process, before the call or during it.</exception>
    public void Wait(CancellationToken cancellationToken = default) => Wait(Deadline.Never, cancellationToken);

    /// <summary>Waits for a count and takes it, up to a time limit.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was taken.</param>
    /// <returns>False if there was none in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default) => Wait(Deadline.After(timeout), cancellationToken);

    /// <summary>Waits without a thread for a count and takes it.</summary>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public async ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        await _core.WaitAsync(this, Deadline.Never, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits without a thread for a count and takes it, up to a time limit.</summary>
    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _core.WaitAsync(this, Deadline.After(timeout), cancellationToken);

    /// <summary>Releases counts, or adds them.</summary>
    /// <param name="releaseCount">The number of counts. The default value is 1.</param>
    /// <returns>The number of counts before the call.</returns>
    /// <exception cref="SemaphoreFullException">There would be more than <see cref="MaxCount"/>; nothing was released.</exception>
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
            : throw new SemaphoreFullException(
                $"The semaphore has at most {MaxCount} counts, and {releaseCount} more would exceed that: more counts are released than were taken.");
    }

    IWaitable IProcessWaitable.Readiness => this;

    /// <summary>Ready when there is a count.</summary>
    bool IWaitable.IsReady
    {
        get
        {
            ThrowIfDisposed();
            var isReady = _core.HasCount;
            GC.KeepAlive(this);
            return isReady;
        }
    }

    IDisposable IWaitable.Register(Action signal)
    {
        ThrowIfDisposed();
        var registration = _core.Observe(signal);
        GC.KeepAlive(this);
        return registration;
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

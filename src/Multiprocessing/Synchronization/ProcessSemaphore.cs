using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// A number of counts that the threads of all processes that have it take and give back.
/// <para>
/// Counts that a process took and did not give back come back when it ends, however it ends. Whoever gives back more than his process took gives back in the name of others: a semaphore whose
/// counts are always given back by somebody else, as a signal, does not get them back from the dead.
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time. Who waits is not served in order.</para>
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

    /// <summary>
    /// Opens the semaphore of a name, or creates it: all programs of this user that ask for the name get the same one, whoever started them. It goes when the last of them has disposed it, or has
    /// ended, however that was.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case counts. All kinds of objects share the names.</param>
    /// <param name="initialCount">How many may be taken at first, if it is created here; otherwise it means nothing.</param>
    /// <param name="maxCount">How many there are at most; the same for all.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, to a semaphore with another highest count, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxCount"/> is not above zero, or <paramref name="initialCount"/> not between zero and that.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public static ProcessSemaphore OpenOrCreate(string name, int initialCount, int maxCount = int.MaxValue) => OpenOrCreate(null, name, initialCount, maxCount);

    /// <summary>Opens the semaphore of a name, as the programs have it that created it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has one of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static ProcessSemaphore Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<ProcessSemaphore>(null), OpenNamed);

    /// <summary>Opens the semaphore of a name if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">It, or null.</param>
    /// <returns>False if no program has one of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessSemaphore? opened) => NamedObject.TryOpen(null, name, NamedIdentity.Of<ProcessSemaphore>(null), OpenNamed, out opened);

    internal static ProcessSemaphore OpenOrCreate(Session? session, string name, int initialCount, int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCount);
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(initialCount, maxCount);
        return NamedObject.OpenOrCreate(session, name, NamedIdentity.Of<ProcessSemaphore>($"at most {maxCount}"), OpenNamed, owner => new ProcessSemaphore(owner, initialCount, maxCount));
    }

    private static ProcessSemaphore? OpenNamed(Session session, SegmentId id) => SyncObject.Open(session, id, SegmentKind.Semaphore) is { } shared ? new ProcessSemaphore(shared) : null;

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

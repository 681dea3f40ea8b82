using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// A condition variable: waiting, under a lock, for a state that other threads or processes change under the same lock. A wait exits the lock, sleeps
/// until it is notified, and enters the lock again. The caller checks the state, best by <see cref="Wait(Func{bool}, CancellationToken)"/>.
/// <para>
/// A notification wakes only the waiters that have waited longest. If a notified process dies, the next waiter gets its notification. If the owner of
/// the lock dies, it may have changed the state without notifying: then all waiters wake as if notified, and the first one that enters the lock is
/// informed (<see cref="ProcessLock.WasAbandoned"/>).
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time.</para>
/// </summary>
/// <example>
/// <code>
/// using var changed = new ProcessCondition();
/// using var count = new SharedValue&lt;int>();
/// using var child = ChildProcess.Run(() =>
/// {
///     using (changed.Lock.EnterScope())
///     {
///         count.Value = 10;
///         changed.NotifyAll();
///     }
/// });
/// using (changed.Lock.EnterScope())
/// {
///     changed.Wait(() => count.Value == 10); // releases the lock while it waits
/// }
/// </code>
/// </example>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed class ProcessCondition : ProcessSynchronizationObject, IProcessHandle<ProcessCondition>
{
    private readonly ConditionCore _core;
    private readonly LockCore _lock;
    private readonly bool _ownsLock;

    /// <summary>Creates a condition with a lock of its own, which may be entered recursively.</summary>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (40 KiB).</exception>
    public ProcessCondition()
        : this(new ProcessLock(LockRecursionPolicy.SupportsRecursion), ownsLock: true)
    {
    }

    /// <summary>Creates a condition for a lock. Several conditions may use one lock.</summary>
    /// <param name="lock">The lock under which threads wait and notify. The caller remains responsible for disposing it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="lock"/> is null.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (36 KiB).</exception>
    public ProcessCondition(ProcessLock @lock)
        : this(@lock ?? throw new ArgumentNullException(nameof(@lock)), ownsLock: false)
    {
    }

    /// <summary>
    /// Opens the condition of a name, or creates it: all programs of this user that use the name get the same one, whichever program started them.
    /// It is freed when the last of them has disposed it or has exited for any reason. It has a lock of its own, which its owner may enter again.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case-sensitive. All kinds of objects share one set of names.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory.</exception>
    public static ProcessCondition OpenOrCreate(string name) => OpenOrCreate(null, name);

    /// <summary>Opens the condition of a name, with the options that it was created with.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has an object of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static ProcessCondition Open(string name) =>
        TryOpen(null, name, out var opened) ? opened : throw new NamedObjectNotFoundException(name, nameof(ProcessCondition));

    /// <summary>Opens the condition of a name if it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">The opened object, or null.</param>
    /// <returns>False if no program has an object of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessCondition? opened) => TryOpen(null, name, out opened);

    /// <summary>
    /// The lock first. Killed in between: it is freed with its holder. A holder of the condition also holds its lock, so while the condition exists
    /// its lock is the one of the name.
    /// </summary>
    internal static ProcessCondition OpenOrCreate(Session? session, string name)
    {
        ObjectName.Check(name);
        session ??= NamedSession.Current;
        var wanted = NamedIdentity.Of<ProcessLock>($"{LockRecursionPolicy.SupportsRecursion}");
        var @lock = NamedObject.Find(
            session,
            ObjectName.PartOf(name, nameof(Lock)),
            wanted,
            ProcessLock.OpenNamed,
            owner => new ProcessLock(owner, LockRecursionPolicy.SupportsRecursion))!;
        try
        {
            return NamedObject.Find(
                session,
                name,
                NamedIdentity.Of<ProcessCondition>(null),
                (owner, id) => OpenNamed(owner, id, @lock),
                _ => new ProcessCondition(@lock, ownsLock: true))!;
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    private static bool TryOpen(Session? session, string name, [NotNullWhen(true)] out ProcessCondition? opened)
    {
        ObjectName.Check(name);
        session ??= NamedSession.Current;
        opened = null;
        var @lock = NamedObject.Find(
            session, ObjectName.PartOf(name, nameof(Lock)), NamedIdentity.Of<ProcessLock>(null), ProcessLock.OpenNamed, create: null);
        try
        {
            // Searched also without the lock: the name may belong to another object.
            opened = NamedObject.Find(
                session,
                name,
                NamedIdentity.Of<ProcessCondition>(null),
                (owner, id) => @lock is null ? null : OpenNamed(owner, id, @lock),
                create: null);
            return opened is not null;
        }
        finally
        {
            if (opened is null)
            {
                @lock?.Dispose();
            }
        }
    }

    private static ProcessCondition? OpenNamed(Session session, SegmentId id, ProcessLock @lock) =>
        SyncObject.Open(session, id, SegmentKind.Condition) is { } shared ? new ProcessCondition(shared, @lock, ownsLock: true) : null;

    private ProcessCondition(ProcessLock @lock, bool ownsLock)
        : this(ConditionCore.Create(@lock.Shared.Session), @lock, ownsLock)
    {
    }

    private ProcessCondition(SyncObject shared, ProcessLock @lock, bool ownsLock)
        : base(shared)
    {
        _core = (ConditionCore)shared.Core;
        Lock = @lock;
        _lock = @lock.Core;
        _core.Lock = _lock;
        _ownsLock = ownsLock;
    }

    /// <summary>Gets the lock under which threads wait and notify.</summary>
    public ProcessLock Lock { get; }

    private string DebuggerText => $"{_core.WaiterCount} wait";

    /// <summary>Exits the lock, waits for a notification, and enters the lock again as often as it was entered.</summary>
    /// <param name="cancellationToken">Ends the wait. The lock is entered again before the exception is thrown.</param>
    /// <exception cref="SynchronizationLockException">The calling thread does not own the lock.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was a notification.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed in this process, before the call or during it.</exception>
    public void Wait(CancellationToken cancellationToken = default) => Wait(Deadline.Never, cancellationToken);

    /// <summary>Exits the lock, waits for a notification up to a time limit, and enters the lock again, however long that takes.</summary>
    /// <param name="timeout">
    /// The longest wait for the notification: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The lock is entered again before the exception is thrown.</param>
    /// <returns>False if there was none in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default) => Wait(Deadline.After(timeout), cancellationToken);

    /// <summary>
    /// Waits until a predicate holds: calls it under the lock, waits while it returns false, and calls it again after each notification.
    /// </summary>
    /// <param name="predicate">The predicate; called while the lock is held.</param>
    /// <param name="cancellationToken">Ends the wait. The lock is entered again before the exception is thrown.</param>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public void Wait(Func<bool> predicate, CancellationToken cancellationToken = default) => Wait(predicate, Deadline.Never, cancellationToken);

    /// <summary>Waits until a predicate holds, up to a time limit.</summary>
    /// <param name="predicate">The predicate; called while the lock is held.</param>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait. The lock is entered again before the exception is thrown.</param>
    /// <returns>The last result of the predicate.</returns>
    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    public bool Wait(Func<bool> predicate, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Wait(predicate, Deadline.After(timeout), cancellationToken);

    /// <summary>Exits the lock, waits without a thread for a notification, and enters the lock again.</summary>
    /// <param name="hold">
    /// The object that <see cref="ProcessLock.EnterAsync(CancellationToken)"/> of <see cref="Lock"/> returned. It owns the lock again afterwards,
    /// however the wait ends.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The lock is entered again before the exception is thrown.</param>
    /// <exception cref="ArgumentNullException"><paramref name="hold"/> is null.</exception>
    /// <exception cref="SynchronizationLockException">The hold does not own the lock, or belongs to another lock.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was a notification.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed in this process, before the call or during it.</exception>
    public async ValueTask WaitAsync(ProcessLockHold hold, CancellationToken cancellationToken = default) =>
        await WaitAsync(hold, Deadline.Never, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="WaitAsync(ProcessLockHold, CancellationToken)"/>
    /// <param name="hold">
    /// The object that <see cref="ProcessLock.EnterAsync(CancellationToken)"/> of <see cref="Lock"/> returned. It owns the lock again afterwards,
    /// however the wait ends.
    /// </param>
    /// <param name="timeout">
    /// The longest wait for the notification: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The lock is entered again before the exception is thrown.</param>
    /// <returns>False if there was none in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    public ValueTask<bool> WaitAsync(ProcessLockHold hold, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WaitAsync(hold, Deadline.After(timeout), cancellationToken);

    /// <summary>
    /// Waits without a thread until a predicate holds: calls it under the lock, waits while it returns false, and calls it again after each
    /// notification.
    /// </summary>
    /// <param name="hold">
    /// The object that <see cref="ProcessLock.EnterAsync(CancellationToken)"/> of <see cref="Lock"/> returned. It owns the lock again afterwards,
    /// however the wait ends.
    /// </param>
    /// <param name="predicate">The predicate; called while the lock is held.</param>
    /// <param name="cancellationToken">Ends the wait. The lock is entered again before the exception is thrown.</param>
    /// <inheritdoc cref="WaitAsync(ProcessLockHold, CancellationToken)"/>
    public async ValueTask WaitAsync(ProcessLockHold hold, Func<bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ThrowIfNotHeldBy(hold);
        while (!predicate())
        {
            await WaitAsync(hold, Deadline.Never, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Wakes the waiters that have waited longest. They continue when they have entered the lock.</summary>
    /// <param name="count">The maximum number of waiters to wake. The default value is 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is zero or less.</exception>
    /// <exception cref="SynchronizationLockException">Neither the calling thread nor a hold of this process owns the lock.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed in this process.</exception>
    public void Notify(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ThrowIfNotHeldForNotification();
        _core.Notify(count);
        GC.KeepAlive(this);
    }

    /// <summary>Wakes all waiters. They continue one after another, as they enter the lock.</summary>
    /// <inheritdoc cref="Notify"/>
    public void NotifyAll()
    {
        ThrowIfNotHeldForNotification();
        _core.NotifyAll();
        GC.KeepAlive(this);
    }

    void IProcessHandle<ProcessCondition>.WriteHandle(HandleWriter writer)
    {
        Write(writer);
        Lock.WriteAsPart(writer);
    }

    static ProcessCondition IProcessHandle<ProcessCondition>.ReadHandle(ref HandleReader reader)
    {
        var shared = Open(ref reader, SegmentKind.Condition);
        try
        {
            return new ProcessCondition(shared, new ProcessLock(Open(ref reader, SegmentKind.Lock)), ownsLock: true);
        }
        catch
        {
            shared.Session.Objects.Release(shared);
            throw;
        }
    }

    /// <summary>The same condition as another participant of this process sees it.</summary>
    internal static ProcessCondition Open(Session session, ProcessCondition other) =>
        new(
            Open(session, other.Shared.Segment.Id, SegmentKind.Condition),
            new ProcessLock(Open(session, other.Lock.Shared.Segment.Id, SegmentKind.Lock)),
            ownsLock: true);

    private protected override void ReleaseMore()
    {
        if (_ownsLock)
        {
            Lock.Dispose();
        }
    }

    private bool Wait(Func<bool> predicate, Deadline deadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ThrowIfNotHeld();
        while (!predicate())
        {
            if (!Wait(deadline, cancellationToken))
            {
                return predicate();
            }
        }

        return true;
    }

    private bool Wait(Deadline deadline, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        ThrowIfNotHeld();
        cancellationToken.ThrowIfCancellationRequested();
        var takeOvers = _lock.TakeOvers;
        var entry = _core.Enlist();
        bool notified;
        var recursions = _lock.ExitWholly();
        try
        {
            _core.Sleep(entry, takeOvers, this, deadline, cancellationToken);
        }
        finally
        {
            try
            {
                notified = _core.Withdraw(entry, takeOvers);
            }
            finally
            {
                _lock.Reenter(Lock, recursions);
            }
        }

        return Result(notified, cancellationToken);
    }

    private async ValueTask<bool> WaitAsync(ProcessLockHold hold, Deadline deadline, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        ThrowIfNotHeldBy(hold);
        cancellationToken.ThrowIfCancellationRequested();
        var takeOvers = _lock.TakeOvers;
        var entry = _core.Enlist();
        bool notified;
        _lock.Exit(hold);
        try
        {
            await _core.SleepAsync(entry, takeOvers, this, deadline, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            try
            {
                notified = _core.Withdraw(entry, takeOvers);
            }
            finally
            {
                await _lock.ReenterAsync(hold, Lock, Deadline.Never, default).ConfigureAwait(false);
            }
        }

        return Result(notified, cancellationToken);
    }

    /// <summary>A notification counts, whatever else ended the wait at the same time.</summary>
    private bool Result(bool notified, CancellationToken cancellationToken)
    {
        GC.KeepAlive(this);
        if (!notified)
        {
            ThrowIfDisposed();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return notified;
    }

    private void ThrowIfNotHeld()
    {
        if (!_lock.IsHeldByThisThread)
        {
            throw new SynchronizationLockException(
                "This thread does not hold the condition's lock. Enter it before waiting; after EnterAsync wait with WaitAsync.");
        }
    }

    private void ThrowIfNotHeldForNotification()
    {
        ThrowIfDisposed();
        if (!_lock.IsHeldByThisThread && !_lock.IsHeldByAnyHold)
        {
            throw new SynchronizationLockException(
                "The condition's lock is not held here. Enter it before notifying: "
                + "otherwise a waiter may check before the change and sleep after the notification.");
        }
    }

    private void ThrowIfNotHeldBy(ProcessLockHold hold)
    {
        ArgumentNullException.ThrowIfNull(hold);
        if (!_lock.IsHeldBy(hold))
        {
            throw new SynchronizationLockException("The hold does not own the condition's lock.");
        }
    }
}

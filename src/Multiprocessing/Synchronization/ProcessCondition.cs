using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// Waiting, under a lock, for something that other threads or processes change under the same lock. A wait gives the lock up, sleeps until it is notified, and takes the lock again; what it
/// waits for is looked at by the caller, best by <see cref="Wait(Func{bool}, CancellationToken)"/>.
/// <para>
/// A notification goes to those who have waited longest, and to nobody else. A process that dies while it waits takes no notification with it: it goes to the next one. When a process dies
/// that holds the lock, it may have changed something and not lived to notify: all who wait wake then as if notified, and the first of them to have the lock is told
/// (<see cref="ProcessLock.WasAbandoned"/>).
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
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it (40 KiB).</exception>
    public ProcessCondition()
        : this(new ProcessLock(LockRecursionPolicy.SupportsRecursion), ownsLock: true)
    {
    }

    /// <summary>Creates a condition at a lock. Several conditions may have one lock.</summary>
    /// <param name="lock">The lock under which is waited and notified. It stays the caller's to dispose.</param>
    /// <exception cref="ArgumentNullException"><paramref name="lock"/> is null.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it (36 KiB).</exception>
    public ProcessCondition(ProcessLock @lock)
        : this(@lock ?? throw new ArgumentNullException(nameof(@lock)), ownsLock: false)
    {
    }

    /// <summary>
    /// Opens the condition of a name, or creates it: all programs of this user that ask for the name get the same one, whoever started them. It goes when the last of them has disposed it, or has
    /// ended, however that was. It comes with a lock of its own, which a thread that has it may enter again.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case counts. All kinds of objects share the names.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public static ProcessCondition OpenOrCreate(string name) => OpenOrCreate(null, name);

    /// <summary>Opens the condition of a name, as the programs have it that created it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has one of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static ProcessCondition Open(string name) => TryOpen(null, name, out var opened) ? opened : throw new NamedObjectNotFoundException(name, nameof(ProcessCondition));

    /// <summary>Opens the condition of a name if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">It, or null.</param>
    /// <returns>False if no program has one of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessCondition? opened) => TryOpen(null, name, out opened);

    /// <summary>The lock first. Killed in between: it goes with its holder. Who has the condition has its lock, so as long as there is one of the condition it is the one of the name.</summary>
    internal static ProcessCondition OpenOrCreate(Session? session, string name)
    {
        ObjectName.Check(name);
        session ??= NamedSession.Current;
        var wanted = NamedIdentity.Of<ProcessLock>($"{LockRecursionPolicy.SupportsRecursion}");
        var @lock = NamedObject.Find(session, ObjectName.PartOf(name, nameof(Lock)), wanted, ProcessLock.OpenNamed, owner => new ProcessLock(owner, LockRecursionPolicy.SupportsRecursion))!;
        try
        {
            return NamedObject.Find(session, name, NamedIdentity.Of<ProcessCondition>(null), (owner, id) => OpenNamed(owner, id, @lock), _ => new ProcessCondition(@lock, ownsLock: true))!;
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
        var @lock = NamedObject.Find(session, ObjectName.PartOf(name, nameof(Lock)), NamedIdentity.Of<ProcessLock>(null), ProcessLock.OpenNamed, create: null);
        try
        {
            // Looked for also without the lock: the name may be another object's.
            opened = NamedObject.Find(session, name, NamedIdentity.Of<ProcessCondition>(null), (owner, id) => @lock is null ? null : OpenNamed(owner, id, @lock), create: null);
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

    /// <summary>The lock under which is waited and notified.</summary>
    public ProcessLock Lock { get; }

    private string DebuggerText => $"{_core.WaiterCount} wait";

    /// <summary>Gives the lock up, waits for a notification, and takes the lock again, as often as it was entered.</summary>
    /// <param name="cancellationToken">Ends the wait. The lock is taken again all the same, before the exception is thrown.</param>
    /// <exception cref="SynchronizationLockException">The calling thread does not hold the lock.</exception>
    /// <exception cref="OperationCanceledException">The token fired before there was a notification.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed in this process, before the call or during it.</exception>
    public void Wait(CancellationToken cancellationToken = default) => Wait(Deadline.Never, cancellationToken);

    /// <summary>Gives the lock up, waits for a notification but not for longer than a time, and takes the lock again, however long that takes.</summary>
    /// <param name="timeout">How long to wait for the notification; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait. The lock is taken again all the same, before the exception is thrown.</param>
    /// <returns>False if there was none in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default) => Wait(Deadline.After(timeout), cancellationToken);

    /// <summary>Waits until something is so: looks under the lock, waits while it is not so, and looks again after each notification.</summary>
    /// <param name="predicate">What is waited for; called while the lock is held.</param>
    /// <param name="cancellationToken">Ends the wait. The lock is taken again all the same, before the exception is thrown.</param>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public void Wait(Func<bool> predicate, CancellationToken cancellationToken = default) => Wait(predicate, Deadline.Never, cancellationToken);

    /// <summary>Waits until something is so, but not for longer than a time.</summary>
    /// <param name="predicate">What is waited for; called while the lock is held.</param>
    /// <param name="timeout">How long to wait; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait. The lock is taken again all the same, before the exception is thrown.</param>
    /// <returns>What the predicate said last.</returns>
    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    public bool Wait(Func<bool> predicate, TimeSpan timeout, CancellationToken cancellationToken = default) => Wait(predicate, Deadline.After(timeout), cancellationToken);

    /// <summary>Gives the lock up, waits without a thread for a notification, and takes the lock again.</summary>
    /// <param name="hold">What <see cref="ProcessLock.EnterAsync(CancellationToken)"/> of <see cref="Lock"/> returned. It has the lock again afterwards, however the wait ends.</param>
    /// <param name="cancellationToken">Ends the wait. The lock is taken again all the same, before the exception is thrown.</param>
    /// <exception cref="ArgumentNullException"><paramref name="hold"/> is null.</exception>
    /// <exception cref="SynchronizationLockException">The hold does not have the lock, or is of another lock.</exception>
    /// <exception cref="OperationCanceledException">The token fired before there was a notification.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed in this process, before the call or during it.</exception>
    public async ValueTask WaitAsync(ProcessLockHold hold, CancellationToken cancellationToken = default) =>
        await WaitAsync(hold, Deadline.Never, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="WaitAsync(ProcessLockHold, CancellationToken)"/>
    /// <param name="hold">What <see cref="ProcessLock.EnterAsync(CancellationToken)"/> of <see cref="Lock"/> returned. It has the lock again afterwards, however the wait ends.</param>
    /// <param name="timeout">How long to wait for the notification; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait. The lock is taken again all the same, before the exception is thrown.</param>
    /// <returns>False if there was none in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    public ValueTask<bool> WaitAsync(ProcessLockHold hold, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WaitAsync(hold, Deadline.After(timeout), cancellationToken);

    /// <summary>Waits without a thread until something is so: looks under the lock, waits while it is not so, and looks again after each notification.</summary>
    /// <param name="hold">What <see cref="ProcessLock.EnterAsync(CancellationToken)"/> of <see cref="Lock"/> returned. It has the lock again afterwards, however the wait ends.</param>
    /// <param name="predicate">What is waited for; called while the lock is held.</param>
    /// <param name="cancellationToken">Ends the wait. The lock is taken again all the same, before the exception is thrown.</param>
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

    /// <summary>Wakes those who have waited longest. They go on when they have the lock.</summary>
    /// <param name="count">How many at most. The default value is 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is zero or less.</exception>
    /// <exception cref="SynchronizationLockException">Neither the calling thread nor a hold of this process has the lock.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed in this process.</exception>
    public void Notify(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ThrowIfNotHeldForNotification();
        _core.Notify(count);
        GC.KeepAlive(this);
    }

    /// <summary>Wakes everybody who waits. They go on one after another, as they get the lock.</summary>
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
        new(Open(session, other.Shared.Segment.Id, SegmentKind.Condition), new ProcessLock(Open(session, other.Lock.Shared.Segment.Id, SegmentKind.Lock)), ownsLock: true);

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

    /// <summary>A notification that came counts, whatever else came at the same time.</summary>
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
            throw new SynchronizationLockException("This thread does not hold the condition's lock. Enter it before waiting; after EnterAsync wait with WaitAsync.");
        }
    }

    private void ThrowIfNotHeldForNotification()
    {
        ThrowIfDisposed();
        if (!_lock.IsHeldByThisThread && !_lock.IsHeldByAnyHold)
        {
            throw new SynchronizationLockException("The condition's lock is not held here. Enter it before notifying: else who waits may look before the change and sleep after the notification.");
        }
    }

    private void ThrowIfNotHeldBy(ProcessLockHold hold)
    {
        ArgumentNullException.ThrowIfNull(hold);
        if (!_lock.IsHeldBy(hold))
        {
            throw new SynchronizationLockException("The hold does not have the condition's lock.");
        }
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// A <see cref="ProcessLock"/> as this process sees it. The word in shared memory is an <see cref="OwnerLock"/>'s: it names the process. Which thread
/// of it, or which <see cref="ProcessLockHold"/>, and how often, is known in that process only.
/// <para>
/// Killed as owner: the word names a dead process; the next one that tries or wakes takes it over by CAS and is notified of that. Killed between
/// clearing the word and waking: the sleepers wake when the death is reported, or after their slice. Killed asleep: the waiters bit costs the next
/// owner one system call.
/// </para>
/// </summary>
internal sealed unsafe partial class LockCore : SyncCore
{
    /// <summary>A word that names no possible participant: the owner's process disposed the lock.</summary>
    private const int LeftBehind = 0xFFFF;
    private const int NoThread = 0;
    private const int OwnedByHold = -1;

    private readonly SyncFrame* _frame;
    private readonly int* _word;
    private readonly AsyncWaiters _asyncWaiters;
    private long _askedOsAt;

    // The ownership of this process; written by its owner only. Every thread reads the owner's number: one that reads its own number wrote it.
    private int _ownerThread;
    private int _recursions;
    private EnterResult _entered;
    private ProcessLockHold? _hold;

    // The exit must do more than clear the word.
    private bool _hasMore;
    private readonly Lock _wakesGate = new();
    private List<(ConditionCore Condition, int Waiter)> _wakes = [];
    private List<(ConditionCore Condition, int Waiter)>? _spareWakes;

    public LockCore(SharedObject host, SyncFrame* frame)
        : base(host, frame)
    {
        _frame = frame;
        _word = &frame->Lock;
        IsRecursive = frame->Option == (long)LockRecursionPolicy.SupportsRecursion;
        _asyncWaiters = new AsyncWaiters(host, &frame->Point, MayEnter);
    }

    public bool IsRecursive { get; }

    public bool IsHeld => Volatile.Read(ref *_word) != 0;

    public bool IsHeldByThisThread
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _ownerThread == Environment.CurrentManagedThreadId;
    }

    /// <summary>How the current owner entered; for the owner.</summary>
    public EnterResult Entered => _entered;

    public static SyncObject Create(Session session, LockRecursionPolicy policy) =>
        SyncObject.Create(session, SegmentKind.Lock, SyncFrame.Size, frame => frame->Option = (long)policy);

    /// <summary>Gets whether an object that <see cref="EnterAsync"/> of this process returned owns the lock.</summary>
    public bool IsHeldByAnyHold => Volatile.Read(ref _hold) is not null;

    /// <summary>Gets how often the lock was taken over from a dead owner.</summary>
    public int TakeOvers => Volatile.Read(ref _frame->TakeOvers);

    /// <summary>
    /// Returns whether an owner died, or disposed the lock, since <see cref="TakeOvers"/> had this value: it did not notify waiters of its changes.
    /// </summary>
    public bool WasAbandonedSince(int takeOvers)
    {
        var seen = Volatile.Read(ref *_word);
        return TakeOvers != takeOvers || (seen != 0 && IsDeadByOs(seen));
    }

    public bool IsHeldBy(ProcessLockHold hold) => ReferenceEquals(Volatile.Read(ref _hold), hold);

    /// <summary>Acquire. Also fails when this thread owns the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnterFree()
    {
        if (!OwnerLock.TryEnter(_word, SelfWord))
        {
            return false;
        }

        _ownerThread = Environment.CurrentManagedThreadId;
        return true;
    }

    /// <summary>Enters for this thread, recursively if it owns the lock and may.</summary>
    /// <returns>False when the deadline has passed.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Enter(ProcessSynchronizationObject handle, out EnterResult result, Deadline deadline, CancellationToken cancellationToken)
    {
        if (IsHeldByThisThread)
        {
            if (!IsRecursive)
            {
                throw new LockRecursionException(
                    "This thread holds the ProcessLock already, and the lock was created without recursion. "
                    + "Exit it first, or create it with LockRecursionPolicy.SupportsRecursion.");
            }

            _recursions = checked(_recursions + 1);
            result = _entered;
            return true;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!EnterWord(handle, out result, deadline, cancellationToken))
        {
            return false;
        }

        Own(Environment.CurrentManagedThreadId, result);
        return true;
    }

    /// <summary>
    /// Enters again after <see cref="ExitWholly"/>, whatever happens meanwhile: neither a time-out nor a disposal lets a caller continue without the
    /// lock that it owned.
    /// </summary>
    public void Reenter(ProcessSynchronizationObject handle, int recursions)
    {
        EnterWord(null, out var result, Deadline.Never, default);
        Own(Environment.CurrentManagedThreadId, result);
        _recursions = recursions;
        GC.KeepAlive(handle);
    }

    /// <summary>Release, and a full fence. One entry of several only counts down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit()
    {
        if (_ownerThread != Environment.CurrentManagedThreadId)
        {
            ThrowNotOwner();
        }

        if (_recursions != 0)
        {
            _recursions--;
            return;
        }

        if (_hasMore)
        {
            ExitWithMore();
            return;
        }

        // Before the word is cleared: afterwards the field belongs to the next owner.
        _ownerThread = NoThread;
        if (Interlocked.CompareExchange(ref *_word, 0, SelfWord) != SelfWord)
        {
            ExitWord();
        }
    }

    /// <summary>Exits all entries of the owner; returns the number of recursive entries.</summary>
    public int ExitWholly()
    {
        var recursions = _recursions;
        _recursions = 0;
        ExitWithMore();
        return recursions;
    }

    /// <summary>
    /// Called by the owner: the waiter is woken when the lock is exited, and not before. If it woke now it would find the lock taken and sleep again.
    /// Killed before the exit: it wakes because the lock's owner died.
    /// </summary>
    public void WakeAtExit(ConditionCore condition, int waiter)
    {
        lock (_wakesGate)
        {
            _wakes.Add((condition, waiter));
            _hasMore = true;
        }
    }

    /// <exception cref="SynchronizationLockException">The hold does not own the lock.</exception>
    public void Exit(ProcessLockHold hold)
    {
        if (Interlocked.CompareExchange(ref _hold, null, hold) != hold)
        {
            throw new SynchronizationLockException("This hold does not own the ProcessLock any more.");
        }

        ExitWithMore();
    }

    public string DescribeOwner() => OwnerLock.Describe(_word, Members);

    internal override void ReleaseAsync() => _asyncWaiters.ReleaseAll();

    /// <summary>
    /// The last wrapper of this process is disposed. If this process owns the lock, its owner cannot exit it any more: it is left as abandoned. Not
    /// when the process itself is ending, because then a thread may work inside until the end, and the process's death leaves it as abandoned.
    /// </summary>
    internal override void Detach()
    {
        if (Session.HasLeft)
        {
            return;
        }

        _ownerThread = NoThread;
        Volatile.Write(ref _hold, null);
        while (true)
        {
            var seen = Volatile.Read(ref *_word);
            if ((seen & ~OwnerLock.Waiters) != SelfWord)
            {
                return;
            }

            Volatile.Write(ref _frame->LeftBehindBy, Environment.ProcessId);
            if (Interlocked.CompareExchange(ref *_word, LeftBehind | (seen & OwnerLock.Waiters), seen) == seen)
            {
                NotifyFree();
                return;
            }
        }
    }

    /// <summary>
    /// What holds when a thread or a hold of this process has entered: the word names this process, unless the lock was disposed here meanwhile, and
    /// the last owner's thread and hold are cleared.
    /// </summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        var word = Volatile.Read(ref *_word) & ~OwnerLock.Waiters;
        Debug.Assert(word == SelfWord || word == LeftBehind || Session.HasLeft, "A lock is owned whose word names another process.");
        Debug.Assert(
            word != SelfWord || (_ownerThread == NoThread && _recursions == 0 && _hold is null),
            "The last owner in this process left its mark.");
    }

    private void Own(int thread, EnterResult result)
    {
        AssertInvariants();
        if (result.WasAbandoned)
        {
            _entered = result;
            _hasMore = true;
        }

        Volatile.Write(ref _ownerThread, thread);
    }

    /// <summary>The fields are cleared before the word, because afterwards they belong to the next owner; the waiters are woken after it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ExitWithMore()
    {
        List<(ConditionCore Condition, int Waiter)>? wakes = null;
        lock (_wakesGate)
        {
            if (_wakes.Count > 0)
            {
                wakes = _wakes;
                _wakes = Interlocked.Exchange(ref _spareWakes, null) ?? [];
            }

            _hasMore = false;
        }

        _entered = default;
        _ownerThread = NoThread;
        ExitWord();
        if (wakes is null)
        {
            return;
        }

        foreach (var (condition, waiter) in wakes)
        {
            condition.WakeNotified(waiter);
        }

        wakes.Clear();
        Volatile.Write(ref _spareWakes, wakes);
    }

    private bool EnterWord(ProcessSynchronizationObject? handle, out EnterResult result, Deadline deadline, CancellationToken cancellationToken)
    {
        result = default;
        var wait = new OwnerWait(_word, SelfWord, deadline);
        if (!deadline.HasPassed && wait.TrySpin())
        {
            return true;
        }

        while (true)
        {
            if (wait.TryEnter() || (IsKnownDead(wait.Seen) && TakeOver(wait.Seen, out result)))
            {
                return true;
            }

            if (wait.Sleeps == 0 && deadline.HasPassed)
            {
                // A caller that only tries leaves no waiters bit, which would cost the owner a system call.
                handle?.ThrowIfDisposed();
                return IsDeadByOs(wait.Seen) && TakeOver(wait.Seen, out result);
            }

            if (!wait.TryAnnounce())
            {
                continue;
            }

            // Leaving here swallows no wake-up: the bit is set while the lock is owned, so its exit wakes the next waiter.
            handle?.ThrowIfDisposed();
            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.HasPassed)
            {
                return IsDeadByOs(wait.Seen) && TakeOver(wait.Seen, out result);
            }

            if (wait.Sleeps == 0)
            {
                CountContention();
            }

            using (SleepMark.Begin(Members, Host.Segment.Id, SleepPlace.Main))
            using (LastResort.OnCancelled(cancellationToken, this, static core => core.Interrupt()))
            {
                // A token that fired before the registration ran the callback inside it, which changed the word: the sleep ends at once.
                // Not the growing slices of OwnerLock.Enter: a program may hold its lock for hours, and each check costs its waiters CPU time.
                wait.Sleep(wait.Sleeps == 0 ? WaitTimings.FirstLockSleep : WaitTimings.Slice);
            }

            if (wait.IsOwnerDead(Members) && TakeOver(wait.Seen, out result))
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Ends the sleep of all waiters, also of those that are about to sleep: the waiters bit is cleared, so the word is not the one that they expect.
    /// Each sets it again. An exit in between wakes no waiter, but they are awake. Killed in between: they wake when the death is reported, or after
    /// their slice.
    /// </summary>
    private void Interrupt()
    {
        var seen = Volatile.Read(ref *_word);
        while (seen < 0)
        {
            var now = Interlocked.CompareExchange(ref *_word, seen & ~OwnerLock.Waiters, seen);
            if (now == seen)
            {
                break;
            }

            seen = now;
        }

        WordWait.Wake(_word, int.MaxValue);
        RingAsync();
    }

    /// <summary>One try of an asynchronous waiter, which leaves the waiters bit if it fails, so that the owner's exit rings.</summary>
    private bool TryEnterOrAnnounce(out EnterResult result)
    {
        result = default;
        while (true)
        {
            var seen = Volatile.Read(ref *_word);
            if (seen == 0)
            {
                if (Interlocked.CompareExchange(ref *_word, SelfWord | OwnerLock.Waiters, 0) == 0)
                {
                    return true;
                }
            }
            else if (IsDeadByOs(seen))
            {
                if (TakeOver(seen, out result))
                {
                    return true;
                }
            }
            else if (OwnerLock.TryAnnounce(_word, ref seen))
            {
                return false;
            }
        }
    }

    /// <summary>For the asynchronous waiters' dispatcher: how many may try now.</summary>
    private int MayEnter()
    {
        while (true)
        {
            var seen = Volatile.Read(ref *_word);
            if (seen == 0 || IsDeadByOs(seen))
            {
                return 1;
            }

            if (OwnerLock.TryAnnounce(_word, ref seen))
            {
                return 0;
            }
        }
    }

    private bool TakeOver(int seen, out EnterResult result)
    {
        var (slot, generation) = OwnerLock.OwnerOf(seen);
        var dead = (seen & ~OwnerLock.Waiters) == LeftBehind ? Volatile.Read(ref _frame->LeftBehindBy)
            : (uint)slot < ParticipantTable.Capacity && (Members[slot]->Generation & 0x7FFF) == generation ? Members.ProcessIdOf(slot)
            : 0;
        result = EnterResult.AbandonedBy(dead);
        if (OwnerLock.TryTakeOver(_word, seen, SelfWord))
        {
            // Under the lock. Killed before it: the next one takes over again.
            Volatile.Write(ref _frame->TakeOvers, _frame->TakeOvers + 1);
            return true;
        }

        result = default;
        return false;
    }

    /// <summary>Whether the owner is known to be dead without asking the operating system.</summary>
    private bool IsKnownDead(int word)
    {
        var (slot, generation) = OwnerLock.OwnerOf(word);
        return (uint)slot >= ParticipantTable.Capacity
            || (Volatile.Read(ref Members[slot]->Generation) & 0x7FFF) != generation
            || (ParticipantState)Volatile.Read(ref Members[slot]->State) is ParticipantState.Dead;
    }

    /// <summary>
    /// Asks the operating system only every <see cref="WaitTimings.TryInterval"/>: a caller that tries in a loop must not pay for it every time, and
    /// still finds a dead owner.
    /// </summary>
    private bool IsDeadByOs(int word)
    {
        if (IsKnownDead(word))
        {
            return true;
        }

        var now = Environment.TickCount64;
        if (now - _askedOsAt < WaitTimings.TryInterval)
        {
            return false;
        }

        _askedOsAt = now;
        return !Members.IsAliveWord(word);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ExitWord()
    {
        while (true)
        {
            var seen = Volatile.Read(ref *_word);
            if ((seen & ~OwnerLock.Waiters) != SelfWord)
            {
                throw new SynchronizationLockException(
                    "The ProcessLock was disposed in this process while a thread was inside: it was left as abandoned.");
            }

            if (Interlocked.CompareExchange(ref *_word, 0, seen) == seen)
            {
                if (seen < 0)
                {
                    NotifyFree();
                }

                return;
            }
        }
    }

    private void NotifyFree()
    {
        WordWait.Wake(_word, 1);
        RingAsync();
    }

    private void RingAsync()
    {
        if (Volatile.Read(ref _frame->Point.AsyncArmed) != 0)
        {
            Session.Doorbells.Ring(&_frame->Point);
        }
    }

    private void ThrowNotOwner() => throw new SynchronizationLockException(
        IsHeld
            ? _ownerThread == OwnedByHold && OwnerLock.IsOwnedBy(_word, SelfWord)
                ? "The ProcessLock is held by the object that EnterAsync returned: dispose it to exit the lock."
                : $"This thread does not hold the ProcessLock; {DescribeOwner()} does. The thread that enters a lock must exit it."
            : "This thread does not hold the ProcessLock; it has no owner.");
}

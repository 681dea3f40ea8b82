using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// A <see cref="ProcessLock"/> as this process sees it. The word in shared memory is an <see cref="OwnerLock"/>'s: it names the process. Which thread of it, or which
/// <see cref="ProcessLockHold"/>, and how often, is known in that process only, and is nobody else's concern.
/// <para>
/// Killed as owner: the word names a dead process; the next one to come or to wake takes it over by CAS and is told. Killed between clearing the word and waking: who
/// sleeps wakes when the death is told, or after its slice. Killed asleep: the waiters bit costs the next owner one system call.
/// </para>
/// </summary>
internal sealed unsafe partial class LockCore : SyncCore
{
    /// <summary>A word that names nobody who could live: the holder let go of the whole object.</summary>
    private const int LeftBehind = 0xFFFF;
    private const int NoThread = 0;
    private const int OwnedByHold = -1;

    private readonly SyncFrame* _frame;
    private readonly int* _word;
    private readonly AsyncWaiters _asyncWaiters;
    private long _askedOsAt;

    // Of the hold of this process; written by its holder only. The thread is read by everybody: who reads its own number there wrote it.
    private int _ownerThread;
    private int _recursions;
    private EnterResult _entered;
    private ProcessLockHold? _hold;

    // There is more to do at the exit than to clear the word.
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

    /// <summary>How the hold that there is was come by; for its holder.</summary>
    public EnterResult Entered => _entered;

    public static SyncObject Create(Session session, LockRecursionPolicy policy) =>
        SyncObject.Create(session, SegmentKind.Lock, SyncFrame.Size, frame => frame->Option = (long)policy);

    /// <summary>By what <see cref="EnterAsync"/> of this process returned.</summary>
    public bool IsHeldByAnyHold => Volatile.Read(ref _hold) is not null;

    /// <summary>How often it was taken over from an owner that was gone.</summary>
    public int TakeOvers => Volatile.Read(ref _frame->TakeOvers);

    /// <summary>Somebody died, or let go of the lock, as its owner since <see cref="TakeOvers"/> was that: what he would have notified others of he has not.</summary>
    public bool WasAbandonedSince(int takeOvers)
    {
        var seen = Volatile.Read(ref *_word);
        return TakeOvers != takeOvers || (seen != 0 && IsDeadByOs(seen));
    }

    public bool IsHeldBy(ProcessLockHold hold) => ReferenceEquals(Volatile.Read(ref _hold), hold);

    /// <summary>Acquire. Fails also when this thread has it.</summary>
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

    /// <summary>Enters for this thread, once more if it has the lock and may.</summary>
    /// <returns>False when the deadline has passed.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Enter(ProcessSynchronizationObject handle, out EnterResult result, Deadline deadline, CancellationToken cancellationToken)
    {
        if (IsHeldByThisThread)
        {
            if (!IsRecursive)
            {
                throw new LockRecursionException(
                    "This thread holds the ProcessLock already, and the lock was made without recursion. Exit it first, or make it with LockRecursionPolicy.SupportsRecursion.");
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

    /// <summary>Enters again after <see cref="ExitWholly"/>, whatever happens meanwhile: neither a time-out nor a disposal lets a caller go on without the lock that it had.</summary>
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

        // Before the word is cleared: afterwards it is the next owner's.
        _ownerThread = NoThread;
        if (Interlocked.CompareExchange(ref *_word, 0, SelfWord) != SelfWord)
        {
            ExitWord();
        }
    }

    /// <summary>Gives all entries of the owner up; returns how many there were beyond the first.</summary>
    public int ExitWholly()
    {
        var recursions = _recursions;
        _recursions = 0;
        ExitWithMore();
        return recursions;
    }

    /// <summary>
    /// By who has the lock: once it is exited, and not before, this waiter is woken. If he woke now he would find the lock taken and sleep again. Killed before the exit: he wakes because
    /// the lock's owner died.
    /// </summary>
    public void WakeAtExit(ConditionCore condition, int waiter)
    {
        lock (_wakesGate)
        {
            _wakes.Add((condition, waiter));
            _hasMore = true;
        }
    }

    /// <exception cref="SynchronizationLockException">The hold does not have the lock.</exception>
    public void Exit(ProcessLockHold hold)
    {
        if (Interlocked.CompareExchange(ref _hold, null, hold) != hold)
        {
            throw new SynchronizationLockException("This hold does not have the ProcessLock any more.");
        }

        ExitWithMore();
    }

    public string DescribeOwner() => OwnerLock.Describe(_word, Members);

    internal override void ReleaseAsync() => _asyncWaiters.ReleaseAll();

    /// <summary>
    /// The last wrapper here goes. If the lock is held, whoever holds it cannot exit it any more: it is handed on as abandoned. Not when the process itself is ending,
    /// for then a thread may be at work inside until the very end, and the process's death hands it on.
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

    /// <summary>What holds when a thread or a hold of this process has entered: the word names this process, unless the lock was disposed here meanwhile, and the last owner's thread and hold are cleared.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        var word = Volatile.Read(ref *_word) & ~OwnerLock.Waiters;
        Debug.Assert(word == SelfWord || word == LeftBehind || Session.HasLeft, "A lock is owned whose word names another process.");
        Debug.Assert(word != SelfWord || (_ownerThread == NoThread && _recursions == 0 && _hold is null), "The last owner in this process left its mark.");
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

    /// <summary>The fields go before the word is cleared, for afterwards they are the next owner's; and the waiters are woken after it.</summary>
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

            using (LastResort.OnCancelled(cancellationToken, this, static core => core.Shake()))
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
    /// Ends the sleep of everybody, also of who is just about to sleep: the waiters bit goes, so the word is not the one that they expect. Each sets it again. An exit that falls in between
    /// wakes nobody, but they are awake. Killed in between: they wake when the death is told, or after their slice.
    /// </summary>
    private void Shake()
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

    /// <summary>Known without asking the OS.</summary>
    private bool IsKnownDead(int word)
    {
        var (slot, generation) = OwnerLock.OwnerOf(word);
        return (uint)slot >= ParticipantTable.Capacity
            || (Volatile.Read(ref Members[slot]->Generation) & 0x7FFF) != generation
            || (ParticipantState)Volatile.Read(ref Members[slot]->State) is ParticipantState.Dead;
    }

    /// <summary>The OS is asked now and then only: who tries again and again must not pay for it every time, and finds a dead owner all the same.</summary>
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
                throw new SynchronizationLockException("The ProcessLock was disposed in this process while a thread was inside: it was handed on as abandoned.");
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
            ? _ownerThread == OwnedByHold && (Volatile.Read(ref *_word) & ~OwnerLock.Waiters) == SelfWord
                ? "The ProcessLock is held by what EnterAsync returned: dispose that to exit it."
                : $"This thread does not hold the ProcessLock; {DescribeOwner()} does. The thread that enters a lock exits it."
            : "This thread does not hold the ProcessLock; nobody does.");
}

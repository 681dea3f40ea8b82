using System.Diagnostics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// A <see cref="ProcessCondition"/> as this process sees it: an entry of shared memory for each waiter, which sleeps on the entry's first word. So a
/// notification is for particular waiters: it wakes only those that have waited longest.
/// <para>
/// Killed as waiter: the entry names a dead process; if it was notified, the next waiter of that time inherits the notification. Killed as notifier
/// between the entry and the wake, which happens when the lock is exited: all waiters wake, because the lock's owner died. Killed between that exit
/// and the wake: they wake when the death is reported, or after their slice. Killed while a notification is passed on: it may be passed on twice, and
/// is never lost.
/// </para>
/// </summary>
internal sealed unsafe partial class ConditionCore : SyncCore
{
    public const int MostWaiters = 2047;
    private const int SegmentBytes = SyncFrame.Size + ((MostWaiters + 1) * ConditionWaiter.Size);

    private readonly SyncFrame* _frame;
    private readonly ConditionState* _state;
    private readonly int* _guard;

    // Entry 0 is the guard's place.
    private readonly ConditionWaiter* _waiters;
    private SpinBudget _spin;

    public ConditionCore(SharedObject host, SyncFrame* frame)
        : base(host, frame)
    {
        _frame = frame;
        _state = &frame->Condition;
        if (host.Shape.MaxLocks <= MostWaiters)
        {
            throw new InvalidDataException("The head of a condition's segment leaves no room for its waiters: a process has written over it.");
        }

        _guard = (int*)((byte*)frame + host.Shape.LockOffset);
        _waiters = (ConditionWaiter*)_guard;
    }

    /// <summary>The lock under which threads wait and notify; the same for all wrappers.</summary>
    public LockCore Lock { get; set; } = null!;

    /// <summary>Gets one more than the last entry that was ever used; never more than there are, whatever was written there.</summary>
    private int Used => Math.Clamp(Volatile.Read(ref _frame->Header.LockCount), 1, MostWaiters + 1);

    /// <summary>Gets the number of waiters in all processes that are not notified.</summary>
    public int WaiterCount
    {
        get
        {
            var count = 0;
            for (var i = 1; i < Used; i++)
            {
                count += Volatile.Read(ref _waiters[i].State) == ConditionWaiter.Waiting ? 1 : 0;
            }

            return count;
        }
    }

    public static SyncObject Create(Session session) =>
        SyncObject.Create(session, SegmentKind.Condition, SegmentBytes, frame =>
        {
            // Guard and entries are consecutive, so that the report of a death wakes all sleepers on these words.
            frame->Header.LockOffset = SyncFrame.Size;
            frame->Header.LockStride = ConditionWaiter.Size;
            frame->Header.LockCount = 1;
            frame->Condition.NextTicket = 1;
        });

    /// <summary>Adds a waiter. The caller owns the condition's lock and will exit it.</summary>
    /// <returns>The entry.</returns>
    public int Enlist()
    {
        EnterGuard();
        var used = Used;
        var index = 1;
        while (index < used && _waiters[index].State != ConditionWaiter.Free)
        {
            index++;
        }

        if (index > MostWaiters)
        {
            ExitGuard();
            throw new InvalidOperationException($"{MostWaiters} threads and asynchronous calls wait at the condition, which is the maximum.");
        }

        // The state is stored last: killed before, the entry is free. The count is raised before that: a process that sees the entry wakes it.
        var waiter = _waiters + index;
        waiter->Owner = SelfWord;
        waiter->Ticket = _state->NextTicket;
        _state->NextTicket++;
        Volatile.Write(ref _frame->Header.LockCount, Math.Max(used, index + 1));
        Volatile.Write(ref waiter->State, ConditionWaiter.Waiting);
        ExitGuard();
        return index;
    }

    /// <summary>
    /// Sleeps until the entry is notified, the lock is found abandoned, the deadline passes, the token fires or the wrapper is disposed.
    /// <see cref="Withdraw"/> says which of these.
    /// </summary>
    public void Sleep(int index, int takeOvers, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        var waiter = _waiters + index;
        var seen = Volatile.Read(ref *(long*)waiter);
        if ((int)seen == ConditionWaiter.Waiting)
        {
            _ = _spin.SpinWhileUnchanged((long*)waiter, seen, WaitTimings.SpinBeforeSleep);
        }

        // The entry is the announcement, and its state the condition: one word.
        var sleep = new SleepLoop(deadline, WaitTimings.FirstSleep);
        while (Volatile.Read(ref waiter->State) == ConditionWaiter.Waiting
            && !deadline.HasPassed
            && !cancellationToken.IsCancellationRequested
            && !handle.IsDisposed
            && !Lock.WasAbandonedSince(takeOvers))
        {
            ReapIfDue();
            if (!sleep.HasSlept)
            {
                CountContention();
            }

            using (SleepMark.Begin(Host.Session.Participants, Host.Segment.Id, SleepPlace.Main))
            using (cancellationToken.CanBeCanceled
                ? LastResort.OnCancelled(cancellationToken, new Sleeper(this, index), static waiting => waiting.Interrupt())
                : default)
            {
                sleep.SleepOn(&waiter->State, ConditionWaiter.Waiting, Liveness.SliceNow);
            }

            // The token's callback woke it by a state of its own.
            Interlocked.CompareExchange(ref waiter->State, ConditionWaiter.Waiting, ConditionWaiter.Interrupted);
        }
    }

    /// <summary>
    /// Frees the entry; returns whether it was notified. Also if an owner of the lock died since: it may have changed the state without notifying.
    /// </summary>
    public bool Withdraw(int index, int takeOvers)
    {
        EnterGuard();
        var notified = _waiters[index].State == ConditionWaiter.Notified;
        Volatile.Write(ref _waiters[index].State, ConditionWaiter.Free);
        ExitGuard();
        return notified || Lock.WasAbandonedSince(takeOvers);
    }

    /// <summary>Notifies the waiters that have waited longest.</summary>
    public void Notify(int count)
    {
        ReapIfReported();
        EnterGuard();
        var notified = 0;
        while (notified < count && Oldest(before: long.MaxValue) is var index and not 0)
        {
            Mark(index);
            Lock.WakeAtExit(this, index);
            notified++;
        }

        ExitGuard();
    }

    /// <summary>
    /// Called after the lock was exited. A waiter that continued meanwhile has left its entry; a new waiter of that entry checks once more than
    /// needed.
    /// </summary>
    public void WakeNotified(int index)
    {
        WordWait.Wake(&_waiters[index].State, 1);
        RingAsync();
    }

    /// <summary>Notifies all waiters at once, so their order does not matter.</summary>
    public void NotifyAll()
    {
        EnterGuard();
        for (var i = 1; i < Used; i++)
        {
            if (IsWaiting(_waiters + i))
            {
                Mark(i);
                Lock.WakeAtExit(this, i);
            }
        }

        ExitGuard();
    }

    /// <summary>Frees the entries of dead processes. A notification of one of them is passed on to the next waiter of its time.</summary>
    protected override void Reap()
    {
        var passedOn = false;
        for (var i = 1; i < Used; i++)
        {
            var waiter = _waiters + i;
            var owner = Volatile.Read(ref waiter->Owner);
            if (Volatile.Read(ref waiter->State) == ConditionWaiter.Free || owner == SelfWord || Members.IsAliveWord(owner))
            {
                continue;
            }

            EnterGuard();
            if (waiter->State != ConditionWaiter.Free && waiter->Owner == owner)
            {
                if (waiter->State == ConditionWaiter.Notified && Oldest(before: waiter->Ticket) is var heir and not 0)
                {
                    Mark(heir);
                    WordWait.Wake(&_waiters[heir].State, 1);
                    passedOn = true;
                }

                Volatile.Write(ref waiter->State, ConditionWaiter.Free);
            }

            ExitGuard();
        }

        if (passedOn)
        {
            RingAsync();
        }
    }

    private static bool IsWaiting(ConditionWaiter* waiter) => waiter->State is ConditionWaiter.Waiting or ConditionWaiter.Interrupted;

    /// <summary>Under the guard. The ticket first: a waiter that sees its notification leaves the entry, and only heirs need the ticket.</summary>
    private void Mark(int index)
    {
        var waiter = _waiters + index;
        waiter->Ticket = _state->NextTicket;
        Interlocked.Exchange(ref waiter->State, ConditionWaiter.Notified);
    }

    /// <summary>Under the guard: the waiter that has waited longest, of those before the ticket; 0 for none.</summary>
    private int Oldest(long before)
    {
        var (oldest, ticket) = (0, before);
        for (var i = 1; i < Used; i++)
        {
            if (IsWaiting(_waiters + i) && _waiters[i].Ticket < ticket)
            {
                (oldest, ticket) = (i, _waiters[i].Ticket);
            }
        }

        return oldest;
    }

    private bool IsNotified(int index) => Volatile.Read(ref _waiters[index].State) == ConditionWaiter.Notified;

    private void RingAsync()
    {
        if (Volatile.Read(ref _frame->Point.AsyncArmed) != 0)
        {
            Session.Doorbells.Ring(&_frame->Point);
        }
    }

    private void EnterGuard()
    {
        // Nothing to repair after a death: an entry is taken, notified and freed by one store each.
        if (!OwnerLock.TryEnter(_guard, SelfWord)
            && OwnerLock.Enter(_guard, Members, Deadline.Now, stoppedAfter: WaitTimings.StoppedOwner) is OwnerLock.Result.TimedOut)
        {
            throw OwnerLock.StoppedOwner("The ProcessCondition", _guard, Members);
        }

        AssertInvariants();
    }

    /// <summary>
    /// What holds whenever the guard is entered, whichever process was killed before: every ticket given out is below the next one.
    /// </summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(OwnerLock.IsOwnedBy(_guard, SelfWord), "Only the owner of the guard changes entries.");
        Debug.Assert(_state->NextTicket >= 1, "The tickets of a condition begin with 1.");
    }

    private void ExitGuard() => OwnerLock.Exit(_guard);

    /// <summary>A sleep that a token may end.</summary>
    private sealed class Sleeper(ConditionCore core, int index)
    {
        /// <summary>Changes the word, so a waiter that is about to sleep does not sleep either.</summary>
        public void Interrupt()
        {
            var state = &core._waiters[index].State;
            Interlocked.CompareExchange(ref *state, ConditionWaiter.Interrupted, ConditionWaiter.Waiting);
            WordWait.Wake(state, 1);
        }
    }
}

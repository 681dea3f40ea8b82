using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The condition that a call waits for.</summary>
internal enum QueueWaitKind
{
    Data,
    Space,
    Done,
}

/// <summary>The state of one waiting call between two tries.</summary>
internal struct QueueWait
{
    /// <summary>The wait at the kind's point.</summary>
    public SleepLoop Sleep;

    public QueueWaitKind Kind;
    public Deadline Deadline;

    /// <summary>What was known when dead participants were searched for last.</summary>
    public int Deaths;
    public long LastGone;
    public long SearchedAt;
}

internal sealed unsafe partial class QueueCore
{
    private SpinBudget _dataSpin;
    private SpinBudget _spaceSpin;
    private SpinBudget _doneSpin;
    private SpinBudget _dataAsyncSpin;
    private SpinBudget _spaceAsyncSpin;
    private long _asyncLookedAt;
    private int _asyncDeaths;
    private bool _abandonmentDue;

    /// <summary>Returns the sequence whose change a call of this kind waits for; it is read before a try.</summary>
    public long SequenceOf(QueueWaitKind kind) => Volatile.Read(ref *SequenceAt(kind));

    private long* SequenceAt(QueueWaitKind kind) => kind is QueueWaitKind.Data ? &_control->PutSequence : &_control->GotSequence;

    /// <summary>Begins a wait. Cheap: nothing is announced yet.</summary>
    public QueueWait BeginWait(QueueWaitKind kind, Deadline deadline) =>
        new() { Kind = kind, Deadline = deadline, Sleep = new SleepLoop(PointOf(kind), deadline, WaitTimings.FirstSleep) };

    /// <summary>
    /// Between two tries of a call: spins, then announces the sleeper, then sleeps until something may have changed. The caller tries again after
    /// each of these steps.
    /// </summary>
    /// <param name="wait">From <see cref="BeginWait"/>.</param>
    /// <param name="seen"><see cref="SequenceOf"/> from before the try.</param>
    /// <param name="cancellationToken">Ends the sleep.</param>
    /// <returns>False when the deadline has passed.</returns>
    /// <exception cref="QueueAbandonedException">No process is left that could end the wait.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public bool Pause(ref QueueWait wait, long seen, CancellationToken cancellationToken)
    {
        var kind = wait.Kind;
        if (wait.Deadline.HasPassed || cancellationToken.IsCancellationRequested)
        {
            if (wait.Sleep.HasSlept)
            {
                // The notification that this call leaves without using may have been meant for another sleeper.
                PassOn(kind);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }

        ref var spin = ref kind is QueueWaitKind.Data ? ref _dataSpin : ref kind is QueueWaitKind.Space ? ref _spaceSpin : ref _doneSpin;
        if (wait.Sleep.SpinOrAnnounce(ref spin, SequenceAt(kind), seen))
        {
            if (kind is QueueWaitKind.Space && wait.Sleep.IsAnnounced && HasFreeSlot())
            {
                // The caller's next try takes the write lock, a full fence: a consumer that misses this store has made its room before that try.
                Volatile.Write(ref _control->BytesWanted, 1);
            }

            return true;
        }

        if (!wait.Sleep.HasSlept)
        {
            wait.Deaths = Session.Liveness.Deaths;
            wait.LastGone = Volatile.Read(ref _control->Header.LastReleaser);
            wait.SearchedAt = Environment.TickCount64;
            CountWait(kind);
        }

        using (SleepMark.Begin(Session.Participants, Segment.Id, (SleepPlace)kind))
        using (LastResort.OnCancelled(cancellationToken, this, static core => core.WakeAll()))
        {
            // A token that fired before the registration ran the callback inside it, which moved the point's sequence: the sleep ends at once.
            SleepWhileUnchanged(ref wait, seen);
        }

        return true;
    }

    /// <summary>Counts a wait that is about to sleep for the first time, or to be suspended.</summary>
    public void CountWait(QueueWaitKind kind)
    {
        if (kind is QueueWaitKind.Data)
        {
            Interlocked.Increment(ref _control->GetWaits);
        }
        else if (kind is QueueWaitKind.Space)
        {
            Interlocked.Increment(ref _control->PutWaits);
        }
    }

    /// <summary>
    /// For a caller that is about to await: returns whether the sequence has changed, after a short spin if spinning has paid lately and no other
    /// work waits for this thread of the thread pool. A wake-up across processes, through two threads, costs a hundred times the answer of a running
    /// partner.
    /// </summary>
    public bool HasChangedSoon(QueueWaitKind kind, long seen)
    {
        if (SequenceOf(kind) != seen)
        {
            return true;
        }

        if (Thread.CurrentThread.IsThreadPoolThread && ThreadPool.PendingWorkItemCount > 0)
        {
            return false;
        }

        ref var spin = ref kind is QueueWaitKind.Data ? ref _dataAsyncSpin : ref _spaceAsyncSpin;
        return spin.SpinWhileUnchanged(SequenceAt(kind), seen, WaitTimings.SpinBeforeAwait);
    }

    /// <summary>
    /// Sleeps slice after slice until something has changed or the point was notified: an idle process runs no more than this. It is compiled once
    /// and in full, because counting its calls and compiling its callees in tiers would be most of what idle children do in their first quarter of a
    /// minute.
    /// <para>
    /// Only the queue's state is checked between two slices, by two reads. The caller's other reasons (disposal, cancellation) notify the point, and
    /// the sequence of the first announcement is kept, so such a notification ends the sleep.
    /// </para>
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SleepWhileUnchanged(ref QueueWait wait, long seen)
    {
        var kind = wait.Kind;
        while (true)
        {
            var isFirst = !wait.Sleep.HasSlept;
            wait.Sleep.Sleep(Session.Liveness.SliceNow);
            if (isFirst || kind is QueueWaitKind.Done || !Session.Liveness.ParentHolds(Segment.Id))
            {
                SearchDead(ref wait, seen);
            }

            if (wait.Sleep.WasNotified || SequenceOf(kind) != seen || wait.Deadline.HasPassed)
            {
                return;
            }

            wait.Sleep.AnnounceAgain();
            if (SequenceOf(kind) != seen || IsOver(kind))
            {
                return;
            }
        }
    }

    /// <summary>
    /// After a sleep: whether the wait can still end. It asks the operating system only every <see cref="WaitTimings.SearchInterval"/>, and after
    /// each death.
    /// </summary>
    private void SearchDead(ref QueueWait wait, long seen)
    {
        var kind = wait.Kind;
        var now = Environment.TickCount64;
        if (now - wait.SearchedAt >= WaitTimings.SearchInterval
            || wait.Deaths != Session.Liveness.Deaths
            || wait.LastGone != _control->Header.LastReleaser
            || SequenceOf(kind) == seen)
        {
            wait.SearchedAt = now;
            wait.Deaths = Session.Liveness.Deaths;
            wait.LastGone = _control->Header.LastReleaser;
            if (kind is QueueWaitKind.Done)
            {
                ReapRows();
            }

            if (SequenceOf(kind) == seen && !IsOver(kind))
            {
                ThrowIfAbandoned(kind);
            }
        }
    }

    /// <summary>Wakes one more waiter of the kind if there is something for it.</summary>
    public void PassOn(QueueWaitKind kind)
    {
        Thread.MemoryBarrier();
        if (kind is QueueWaitKind.Data ? !IsEmpty : kind is QueueWaitKind.Space && PutsPossible() > 0)
        {
            WaitPoint.Notify(PointOf(kind), 1, _doorbells);
        }
    }

    /// <summary>An asynchronous waiter has left: another waiter may use what it was notified of.</summary>
    public void PassOnAsync(QueueWaitKind kind)
    {
        PassOn(kind);
        (kind is QueueWaitKind.Data ? DataWaiters : SpaceWaiters).Scan();
    }

    /// <exception cref="QueueAbandonedException">Other processes held the queue, and none of them is left.</exception>
    public void ThrowIfAbandoned(QueueWaitKind kind)
    {
        if (HasSides)
        {
            ReportDeadHolders(SideOf(kind));
            return; // the caller checks whether the side has ended
        }

        if ((kind is QueueWaitKind.Done && HasUnmarkedItems) || FindAbandonment() is not { } fate)
        {
            return;
        }

        if (kind is QueueWaitKind.Done && ReapRows())
        {
            return; // the last one died since the caller's check, with unmarked items: the caller reports that loss next
        }

        var status = fate.ToExitStatus();
        var state = kind switch
        {
            QueueWaitKind.Data => "is empty",
            QueueWaitKind.Space => "is full",
            _ => "has items that are not marked done",
        };
        var how = fate.Reason is ExitReason.Unknown ? "has exited or released it" : $"ended with: {status}";
        throw new QueueAbandonedException(
            $"{Described} {state}, and process {fate.ProcessId}, the last other process that held it, {how}: no process is left to change that. "
            + "Pass the queue to another process and try again, or call Complete() after the last put, so that readers see the end.",
            fate.ProcessId,
            processName: "",
            status);
    }

    /// <summary>
    /// The same for frequent callers: asks the operating system only every <see cref="WaitTimings.SearchInterval"/>, and after each death.
    /// </summary>
    public void ThrowIfAbandonedSince(QueueWaitKind kind)
    {
        if (IsAbandonmentDue(kind))
        {
            ThrowIfAbandoned(kind);
        }
    }

    private WaitPoint* PointOf(QueueWaitKind kind) => kind switch
    {
        QueueWaitKind.Data => &_control->Data,
        QueueWaitKind.Space => &_control->Space,
        _ => &_control->Done,
    };

    private bool IsOver(QueueWaitKind kind) => kind switch
    {
        QueueWaitKind.Data => IsCompletionRequested || !IsEmpty || HasEnded(kind),
        QueueWaitKind.Space => IsCompletionRequested || HasEnded(kind),
        _ => IsAllDone,
    };

    /// <summary>Gets whether a slot is free, so that a wait for space is a wait for bytes.</summary>
    private bool HasFreeSlot() => ReadPut().Items - ReadGot().Items < _control->Capacity;

    private bool IsAbandonmentDue(QueueWaitKind kind)
    {
        if (HasSides)
        {
            return HasEndedNow(kind);
        }

        if (Volatile.Read(ref _control->EverShared) == 0)
        {
            return false;
        }

        var now = Environment.TickCount64;
        var deaths = Session.Liveness.Deaths;
        if (now - _asyncLookedAt >= WaitTimings.SearchInterval || deaths != _asyncDeaths)
        {
            _asyncLookedAt = now;
            _asyncDeaths = deaths;
            if (ReapRows())
            {
                return true;
            }

            _abandonmentDue = FindAbandonment() is not null;
        }

        return _abandonmentDue;
    }

    /// <summary>
    /// Returns how the last other holder ended, if no other process holds the queue, no handle of it is in flight, and the grace is over.
    /// </summary>
    private ParticipantExit? FindAbandonment()
    {
        // Handles in flight are read first: the receiver registers as a holder before the in-transit count drops. A queue with a name may be opened
        // by another program at any time.
        if (Session.IsNamed
            || Volatile.Read(ref _control->EverShared) == 0
            || Volatile.Read(ref InBodies) > 0
            || Session.Segments.InFlightOf(Segment.Id) > 0
            || Session.Liveness.ParentHolds(Segment.Id)
            || Session.Segments.AnyHolder(
                Segment.Id,
                slot => slot != _members.Self.Slot && !Session.Liveness.IsDeathReported(new ParticipantId(slot, _members[slot]->Generation)))
            || Session.Segments.InFlightOf(Segment.Id) > 0)
        {
            return null;
        }

        var word = Volatile.Read(ref _control->Header.LastReleaser);
        if (word == 0)
        {
            return null;
        }

        var last = ParticipantOf(word);
        var fate = Session.Liveness.FateOf(last);
        var died = fate.Reason is not (ExitReason.Exited or ExitReason.Terminated)
            && (Session.Liveness.ExitOf(last) is not null || Session.Liveness.SelfReported(last) is not null);
        if (died)
        {
            return fate;
        }

        var grace = _control->OrphanGraceMilliseconds;
        return grace >= 0 && Environment.TickCount64 - Volatile.Read(ref _control->Header.LastReleaseAt) >= grace ? fate : null;
    }
}

namespace Multiprocessing;

internal sealed unsafe partial class QueueCore
{
    // What the asynchronous waits of this process had been told when they began; each is told of everything since.
    private readonly List<long> _toldOfWaits = [];

    private long OldestToldOfWaits
    {
        get
        {
            lock (_toldOfWaits)
            {
                return _toldOfWaits.Count == 0 ? long.MaxValue : _toldOfWaits.Min();
            }
        }
    }

    /// <summary>Marks items as done. Killed before the commit: not marked; after it: marked.</summary>
    /// <returns>False if there are not so many items left to mark; nothing is marked then.</returns>
    public bool MarkDone(int count)
    {
        EnterRead(Deadline.Now, default);
        var sequence = _control->GotSequence;
        var now = GotAt(sequence);
        var put = ReadPut().Items;
        KillPoints.Pass(KillPoint.MarkLocked);
        var done = now->Done + count;
        if (done > put)
        {
            OwnerLock.Exit(&_control->ReadLock);
            return false;
        }

        CommitGot(sequence, now->Tail, now->Items, now->Ring, done, now->Lost, _members.Self, Row(_members.Self.Slot)->InHand - count);
        OwnerLock.Exit(&_control->ReadLock);
        if (done == put)
        {
            KillPoints.Pass(KillPoint.MarkUnlocked);
            WaitPoint.Notify(&_control->Done, int.MaxValue, _doorbells);
        }

        return true;
    }

    /// <summary>All items that were put were marked, at one moment during the call: what was marked is read first, and what was put only grows.</summary>
    public bool IsAllDone => ReadGot().Done >= ReadPut().Items;

    /// <summary>How many lost items somebody was told of so far: the base line of a wait.</summary>
    public long LostTold => Volatile.Read(ref _control->LostTold);

    /// <summary>An asynchronous wait with this base line begins.</summary>
    public void BeginAsyncDoneWait(long told)
    {
        lock (_toldOfWaits)
        {
            _toldOfWaits.Add(told);
        }
    }

    public void EndAsyncDoneWait(long told)
    {
        lock (_toldOfWaits)
        {
            _toldOfWaits.Remove(told);
        }
    }

    /// <summary>What was lost since <paramref name="told"/>, or null. Everybody who has waited since then gets it; who begins to wait afterwards does not.</summary>
    public ItemsLostException? LossSince(long told)
    {
        var lost = ReadGot().Lost;
        if (lost <= told)
        {
            return null;
        }

        // A lower count may be stored over a higher one by a slower teller: then a later wait is told twice, which is better than never.
        Volatile.Write(ref _control->LostTold, lost);
        KillPoints.Pass(KillPoint.LossReported);
        var loser = ParticipantOf(Volatile.Read(ref _control->LastLost));
        var fate = Session.Liveness.FateOf(loser);
        var processId = _control->LastLostProcessId;
        var status = fate.ToExitStatus();
        return new ItemsLostException(
            $"{Described} lost {lost - told} item(s): process {processId} ended ({status}) after it had taken and before it had marked them. They count as done now; "
            + "put them again if they matter, then wait again.",
            processId,
            processName: "",
            status,
            lost - told);
    }

    /// <summary>Gives up what dead participants had in hand. Slow: asks the OS about everybody who has something.</summary>
    public bool ReapRows()
    {
        var any = false;
        for (var slot = 0; slot < ParticipantTable.Capacity; slot++)
        {
            var row = *Row(slot);
            if (row.InHand <= 0 || slot == _members.Self.Slot)
            {
                continue;
            }

            // Outside the lock: it may mark the participant dead, which takes the table lock and wakes people.
            var participant = new ParticipantId(slot, row.Generation);
            if (!Session.Liveness.IsDeathReported(participant))
            {
                continue;
            }

            KillPoints.Pass(KillPoint.LoserFound);
            EnterRead(Deadline.Now, default);
            if (Row(slot)->Generation == row.Generation)
            {
                Lose(participant);
                any = true;
            }

            OwnerLock.Exit(&_control->ReadLock);
        }

        if (any)
        {
            KillPoints.Pass(KillPoint.LossUnlocked);
            WakeAll();
        }

        return any;
    }

    /// <summary>
    /// This process has the queue now. Under the read lock: the row of an earlier participant in the same slot is settled before it is overwritten, in one 8-byte store.
    /// Killed before it: settled again by the next, which finds nothing left in hand.
    /// </summary>
    private void Attach()
    {
        var self = _members.Self;
        EnterRead(Deadline.Now, default);
        var row = Row(self.Slot);
        if (row->Generation != self.Generation)
        {
            if (row->Generation != 0)
            {
                Lose(new ParticipantId(self.Slot, row->Generation));
            }

            KillPoints.Pass(KillPoint.AttachSettled);
            Volatile.Write(ref *(long*)row, (uint)self.Generation);
            KillPoints.Pass(KillPoint.AttachRowTaken);
        }

        if (_control->FirstHolder != RowIdOf(self))
        {
            Volatile.Write(ref _control->EverShared, 1);
            KillPoints.Pass(KillPoint.AttachShared);
        }

        OwnerLock.Exit(&_control->ReadLock);
    }

    /// <summary>Under the read lock. Items that others have marked already are not lost, whoever took them.</summary>
    private void Lose(ParticipantId participant)
    {
        var sequence = _control->GotSequence;
        var now = GotAt(sequence);
        var lost = Math.Min(Row(participant.Slot)->InHand, now->Items - now->Done);
        if (lost > 0)
        {
            _control->LastLostProcessId = _members.IsCurrent(participant) ? _members.ProcessIdOf(participant.Slot) : 0;
            Volatile.Write(ref _control->LastLost, RowIdOf(participant));
            KillPoints.Pass(KillPoint.LoserNamed);
            CommitGot(sequence, now->Tail, now->Items, now->Ring, now->Done + lost, now->Lost + lost, participant, 0);
        }
        else
        {
            Row(participant.Slot)->InHand = 0;
        }
    }
}

namespace Multiprocessing;

internal sealed unsafe partial class QueueCore
{
    // The count of reported losses when each asynchronous wait of this process began: a wait reports the losses since then.
    private readonly List<long> _asyncBaselines = [];

    private long OldestAsyncBaseline
    {
        get
        {
            lock (_asyncBaselines)
            {
                return _asyncBaselines.Count == 0 ? long.MaxValue : _asyncBaselines.Min();
            }
        }
    }

    /// <summary>Marks items as done. Killed before the commit: not marked; after it: marked.</summary>
    /// <returns>False if fewer items are left to mark; then nothing is marked.</returns>
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

    /// <summary>
    /// Gets whether all items that were put were marked, at one moment during the call: the marked count is read first, and the put count only grows.
    /// </summary>
    public bool IsAllDone => ReadGot().Done >= ReadPut().Items;

    /// <summary>Gets the number of lost items that were reported so far: the baseline of a wait.</summary>
    public long LossesReported => Volatile.Read(ref _control->LostReported);

    /// <summary>An asynchronous wait with this baseline begins.</summary>
    public void BeginAsyncDoneWait(long baseline)
    {
        lock (_asyncBaselines)
        {
            _asyncBaselines.Add(baseline);
        }
    }

    public void EndAsyncDoneWait(long baseline)
    {
        lock (_asyncBaselines)
        {
            _asyncBaselines.Remove(baseline);
        }
    }

    /// <summary>
    /// Returns what was lost since <paramref name="baseline"/>, or null. Every wait that began before the report gets it; one that begins afterwards
    /// does not.
    /// </summary>
    public ItemsLostException? LossSince(long baseline)
    {
        var lost = ReadGot().Lost;
        if (lost <= baseline)
        {
            return null;
        }

        // A slower reporter may store a lower count over a higher one: then a later wait reports a loss twice, which is better than never.
        Volatile.Write(ref _control->LostReported, lost);
        KillPoints.Pass(KillPoint.LossReported);
        var loser = ParticipantOf(Volatile.Read(ref _control->LastLost));
        var fate = Session.Liveness.FateOf(loser);
        var processId = _control->LastLostProcessId;
        var status = fate.ToExitStatus();
        return new ItemsLostException(
            $"{Described} lost {lost - baseline} item(s): process {processId} ended ({status}) after it had taken and before it had marked them. "
            + "They count as done now; put them again if they matter, then wait again.",
            processId,
            processName: "",
            status,
            lost - baseline);
    }

    /// <summary>
    /// Counts the unmarked items of dead participants as lost. Slow: asks the operating system about every participant that has some.
    /// </summary>
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

            // Outside the lock: it may mark the participant dead, which takes the table lock and wakes sleepers.
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
    /// This process uses the queue from now on. Under the read lock: the row of an earlier participant in the same slot is settled before it is
    /// overwritten, by one 8-byte store. Killed before it: the next one settles again, and finds no unmarked items.
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

    /// <summary>Under the read lock. Items that other processes have marked already are not lost, whichever process took them.</summary>
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

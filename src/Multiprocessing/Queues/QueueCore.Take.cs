using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Receives the bytes of taken items under the lock: no allocation, no exception.</summary>
internal unsafe interface ISink
{
    /// <summary>Takes the bytes, or returns false because there is no room (<see cref="Wanted"/>) or the item is not what is expected.</summary>
    bool Accept(byte* data, long length);

    /// <summary>The room that the item refused last needs; 0 if it was refused because it is not what is expected.</summary>
    long Wanted { get; }
}

internal sealed unsafe partial class QueueCore
{
    // A spare ring saves the clearing of fresh memory, 1 ms per MiB; a very large one is freed instead.
    private const long LargestSpare = 128L << 20;

    /// <summary>
    /// Takes up to <paramref name="most"/> items into <paramref name="sink"/> by one commit, so they are all taken or none. Done with at least one
    /// item, or Blocked because the queue was empty at one moment during the call, or with <see cref="ISink.Wanted"/> set: make room and try again.
    /// <para>
    /// Killed before the commit: the items are still in the queue. Killed after it: they are lost with this process, and its row says how many.
    /// </para>
    /// </summary>
    /// <exception cref="InvalidDataException">The ring holds no record at this position, or an item of another size than expected.</exception>
    public QueueOutcome Take<TSink>(ref TSink sink, int most, out int taken, Deadline deadline, CancellationToken cancellationToken)
        where TSink : struct, ISink, allows ref struct
    {
        taken = 0;
        if (!MayHaveItems)
        {
            return QueueOutcome.Blocked;
        }

        var control = _control;
        EnterRead(deadline, cancellationToken);
        KillPoints.Pass(KillPoint.TakeLocked);
        var sequence = control->GotSequence;
        var ring = _readRing;
        if (ring.Word != GotAt(sequence)->Ring)
        {
            ring = EnterRingOfReader(deadline, cancellationToken);
            sequence = control->GotSequence;
        }

        var now = GotAt(sequence);
        if (control->ReaderSeesItems - now->Items < most)
        {
            control->ReaderSeesItems = ReadPutItems();
        }

        var tail = now->Tail;
        var more = (int)Math.Min(most, control->ReaderSeesItems - now->Items);
        var end = CopyEnd.Enough;
        while (more > 0)
        {
            end = CopyItems(ref sink, ring, ref tail, more, out taken);
            if (end is not CopyEnd.Link || taken > 0)
            {
                break; // a turn ends with its ring
            }

            ring = FollowLink(*(long*)(ring.At(tail) + RecordHeader.Size), tail + RecordHeader.LinkBytes, deadline, cancellationToken);
            sequence = control->GotSequence;
            now = GotAt(sequence);
            tail = now->Tail;
            more = (int)Math.Min(most, control->ReaderSeesItems - now->Items);
        }

        if (taken == 0)
        {
            OwnerLock.Exit(&control->ReadLock);
            return end is CopyEnd.Corrupt ? throw Corrupted(tail) : QueueOutcome.Blocked;
        }

        var items = now->Items + taken;
        CommitGot(sequence, tail, items, ring.Word, now->Done, now->Lost, _members.Self, Row(_members.Self.Slot)->InHand + taken);
        var drained = control->Completed != 0 && items == control->ReaderSeesItems;
        KillPoints.Pass(KillPoint.TakeFinished);
        OwnerLock.Exit(&control->ReadLock);
        KillPoints.Pass(KillPoint.TakeUnlocked);
        WaitPoint.Notify(&control->Space, control->BytesWanted != 0 ? int.MaxValue : taken, _doorbells);
        if (drained)
        {
            // The last item of a completed queue was taken: waiters for another one must see that there will be none.
            KillPoints.Pass(KillPoint.TakeDrained);
            WakeAll();
        }

        return QueueOutcome.Done;
    }

    /// <summary>Why copying ended.</summary>
    private enum CopyEnd
    {
        /// <summary>All were copied, or the sink has no room for the next one.</summary>
        Enough,

        /// <summary>The stream continues in another ring; the position is that of the link.</summary>
        Link,

        /// <summary>The position holds no record, or an item of another size than expected.</summary>
        Corrupt,
    }

    /// <summary>Under the read lock: copies items to the sink and moves the position behind them. Nothing is committed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CopyEnd CopyItems<TSink>(ref TSink sink, Ring ring, ref long tail, int more, out int taken)
        where TSink : struct, ISink, allows ref struct
    {
        taken = 0;
        var padded = false;
        while (true)
        {
            var at = ring.At(tail);
            var header = *(ulong*)at;
            var length = RecordHeader.LengthOf(header);
            var bytes = RecordHeader.BytesFor(length);
            var kind = RecordHeader.KindOf(header);
            if (kind is RecordKind.Item && bytes <= ring.ToEnd(tail))
            {
                if (!sink.Accept(at + RecordHeader.Size, length))
                {
                    return sink.Wanted == 0 ? CopyEnd.Corrupt : CopyEnd.Enough;
                }

                taken++;
                KillPoints.Pass(KillPoint.TakeCopied);
                tail += bytes;
                padded = false;
                if (taken == more)
                {
                    return CopyEnd.Enough;
                }
            }
            else if (kind is RecordKind.Pad && bytes == ring.ToEnd(tail) && !padded)
            {
                padded = true;
                tail += bytes;
            }
            else
            {
                return kind is RecordKind.Link && length == sizeof(long) ? CopyEnd.Link : CopyEnd.Corrupt;
            }
        }
    }

    /// <summary>Under the read lock: one commit of the consumers' side, and the copy of its statement about one row.</summary>
    private void CommitGot(long sequence, long tail, long items, long ring, long done, long lost, ParticipantId taker, int inHand)
    {
        var after = GotAt(sequence + 1);
        after->Tail = tail;
        after->Items = items;
        after->Ring = ring;
        after->Done = done;
        KillPoints.Pass(KillPoint.GotStateHalfWritten);
        after->Lost = lost;
        after->Taker = RowIdOf(taker);
        after->InHand = inHand;
        KillPoints.Pass(KillPoint.GotStateWritten);

        // The commit. Killed before the row: the next owner of the lock copies it again (RepairRow).
        Volatile.Write(ref _control->GotSequence, sequence + 1);
        KillPoints.Pass(KillPoint.GotCommitted);
        Row(taker.Slot)->InHand = inHand;
        KillPoints.Pass(KillPoint.RowWritten);
    }

    /// <summary>
    /// Under the read lock, taken over from a dead owner: copies the last commit's statement about a row once more. Doing it twice changes nothing.
    /// </summary>
    private void RepairRow()
    {
        var last = GotAt(_control->GotSequence);
        if (last->Taker != 0)
        {
            var taker = ParticipantOf(last->Taker);
            var row = Row(taker.Slot);
            if (row->Generation == taker.Generation)
            {
                row->InHand = last->InHand;
                KillPoints.Pass(KillPoint.RowRepaired);
            }
        }
    }

    private QueueRow* Row(int slot) => (QueueRow*)(Segment.Base + QueueControl.RowsOffset) + slot;

    /// <summary>
    /// Under the read lock, which is exited and entered again while the ring is mapped: the consumers' side moves to the ring behind a link, by a
    /// commit of its own. The ring it leaves is drained and no producer writes to it. Killed between the commit and the ring's retirement: the ring
    /// is a leftover.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Ring FollowLink(long word, long begin, Deadline deadline, CancellationToken cancellationToken)
    {
        var from = _readRing;
        var at = GotAt(_control->GotSequence)->Tail;
        OwnerLock.Exit(&_control->ReadLock);
        KillPoints.Pass(KillPoint.FollowUnlocked);
        var next = MapRing(word);
        KillPoints.Pass(KillPoint.FollowMapped);
        try
        {
            EnterRead(deadline, cancellationToken);
        }
        catch
        {
            next?.Leave();
            throw;
        }

        var sequence = _control->GotSequence;
        var now = GotAt(sequence);
        if (now->Ring == from.Word && now->Tail == at && ReferenceEquals(_readRing, from))
        {
            if (next is null || next.Base != begin)
            {
                next?.Leave();
                OwnerLock.Exit(&_control->ReadLock);
                throw Corrupted(begin);
            }

            CommitGot(sequence, begin, now->Items, word, now->Done, now->Lost, _members.Self, Row(_members.Self.Slot)->InHand);
            _readRing = next;
            KillPoints.Pass(KillPoint.FollowCommitted);
            Retire(from);
            KillPoints.Pass(KillPoint.RingRetired);
            from.Leave();
            return next;
        }

        // Another consumer was faster.
        next?.Leave();
        return EnterRingOfReader(deadline, cancellationToken);
    }

    /// <summary>Under the read lock. The read ring of this process is not that of the queue: others have continued in another one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Ring EnterRingOfReader(Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var word = GotAt(_control->GotSequence)->Ring;
            if (_readRing.Word == word)
            {
                return _readRing;
            }

            OwnerLock.Exit(&_control->ReadLock);
            KillPoints.Pass(KillPoint.ReaderLeftRing);
            var mapped = MapRing(word);
            KillPoints.Pass(KillPoint.ReaderMappedRing);
            try
            {
                EnterRead(deadline, cancellationToken);
            }
            catch
            {
                mapped?.Leave();
                throw;
            }

            if (mapped is null)
            {
                continue;
            }

            if (GotAt(_control->GotSequence)->Ring == word)
            {
                var left = _readRing;
                _readRing = mapped;
                left.Leave();
            }
            else
            {
                mapped.Leave();
            }
        }
    }

    /// <summary>
    /// Under the read lock: keeps the drained ring as the spare one if there is none or a smaller one; the other is freed. Killed before the
    /// exchange, or between it and the freeing of the replaced one: a leftover.
    /// </summary>
    private void Retire(Ring ring)
    {
        if (ring.Word == 0)
        {
            return;
        }

        var free = ring.Word;
        var spare = Volatile.Read(ref _control->Spare);
        if (ring.Size <= LargestSpare
            && (spare == 0 || Session.Segments[SegmentId.FromWord(spare).Index]->Bytes < ring.Size)
            && Interlocked.CompareExchange(ref _control->Spare, ring.Word, spare) == spare)
        {
            free = spare;
        }

        KillPoints.Pass(KillPoint.SpareExchanged);
        if (free != 0)
        {
            Session.Segments.FreePart(SegmentId.FromWord(free));
        }
    }

    private InvalidDataException Corrupted(long position) =>
        new($"{Described} is damaged at position {position}: there is no item of it. A process wrote over its shared memory; "
            + "the queue cannot be used any more.");
}

using System.Runtime.CompilerServices;

namespace Multiprocessing;

internal sealed unsafe partial class QueueCore
{
    // A spare ring saves the wiping of fresh memory, 1 ms per MiB; a very large one is rather given back.
    private const long LargestSpare = 128L << 20;

    /// <summary>
    /// Takes up to <paramref name="most"/> items into <paramref name="sink"/>; with one commit, so they are all taken or none. Done with at least one item,
    /// or Blocked because the queue was empty at one moment during the call, or with <see cref="ISink.Wanted"/> set: make room and try again.
    /// <para>Killed before the commit: the items are still there for the next. Killed after it: they went with this process, and its row says how many.</para>
    /// </summary>
    /// <exception cref="InvalidDataException">What lies in the ring is no record, or an item of another size than expected.</exception>
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
        var now = GotAt(sequence);
        var ring = _readRing;
        if (ring.Word != now->Ring)
        {
            ring = EnterRingOfReader(deadline, cancellationToken);
            sequence = control->GotSequence;
            now = GotAt(sequence);
        }

        var tail = now->Tail;
        var items = now->Items;
        if (control->ReaderSeesItems - items < most)
        {
            control->ReaderSeesItems = ReadPutItems();
        }

        var available = control->ReaderSeesItems - items;
        if (available <= 0)
        {
            OwnerLock.Exit(&control->ReadLock);
            return QueueOutcome.Blocked;
        }

        var more = (int)Math.Min(most, available);
        var corrupt = false;
        var padded = false;
        while (taken < more)
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
                    corrupt = sink.Wanted == 0;
                    break;
                }

                taken++;
                KillPoints.Pass(KillPoint.TakeCopied);
                tail += bytes;
                padded = false;
            }
            else if (kind is RecordKind.Pad && bytes == ring.ToEnd(tail) && !padded)
            {
                padded = true;
                tail += bytes;
            }
            else if (kind is RecordKind.Link && length == sizeof(long))
            {
                if (taken > 0)
                {
                    // This turn ends with this ring.
                    break;
                }

                padded = false;
                ring = FollowLink(*(long*)(at + RecordHeader.Size), tail + bytes, deadline, cancellationToken);
                sequence = control->GotSequence;
                now = GotAt(sequence);
                tail = now->Tail;
                items = now->Items;
                more = (int)Math.Min(most, control->ReaderSeesItems - items);
                if (more <= 0)
                {
                    // While we followed the link somebody took what there was.
                    OwnerLock.Exit(&control->ReadLock);
                    return QueueOutcome.Blocked;
                }
            }
            else
            {
                corrupt = true;
                break;
            }
        }

        if (taken == 0)
        {
            OwnerLock.Exit(&control->ReadLock);
            return corrupt ? throw Corrupted(tail) : QueueOutcome.Blocked;
        }

        var row = Row(_members.Self.Slot);
        CommitGot(sequence, tail, items + taken, ring.Word, now->Done, now->Lost, _members.Self, row->InHand + taken);
        var drained = control->Completed != 0 && items + taken == control->ReaderSeesItems;
        KillPoints.Pass(KillPoint.TakeFinished);
        OwnerLock.Exit(&control->ReadLock);
        KillPoints.Pass(KillPoint.TakeUnlocked);
        WaitPoint.Notify(&control->Space, control->BytesWanted != 0 ? int.MaxValue : taken, _doorbells);
        if (drained)
        {
            KillPoints.Pass(KillPoint.TakeDrained);

            // The last item of a completed queue: who waits for another one has to be told that there will be none.
            WakeAll();
        }

        return QueueOutcome.Done;
    }

    /// <summary>Under the read lock: one commit of the consumers' side, and the copy of what it says about one row.</summary>
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

    /// <summary>Under the read lock, taken over from a dead owner: copies the last commit's word about a row once more. Doing it twice changes nothing.</summary>
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
    /// Under the read lock, which is given up and taken again while the ring is mapped: the consumers' side moves to the ring behind a link, with a commit of its own.
    /// The ring it leaves is drained and no producer is in it. Killed between the commit and the ring's retirement: it lies behind the stream, a leftover.
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

        // Somebody else was quicker.
        next?.Leave();
        return EnterRingOfReader(deadline, cancellationToken);
    }

    /// <summary>Under the read lock. The read ring of this process is not the one of the queue: others have gone on.</summary>
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
    /// Under the read lock: keeps the drained ring as the spare one if there is none or a smaller one; what is not kept is freed. Killed before the exchange, or
    /// between it and the freeing of what it replaced: a leftover.
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
        new($"{Described} is damaged at position {position}: what lies there is no item of it. A process wrote over its shared memory; the queue cannot be used any more.");
}

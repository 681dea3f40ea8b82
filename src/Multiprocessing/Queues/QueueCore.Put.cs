using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Items to put: their bytes are ready before the lock is taken, and copying them cannot fail.</summary>
internal unsafe interface IPayloads
{
    int Count { get; }

    long LengthOf(int index);

    void CopyTo(int index, byte* destination);

    /// <summary>
    /// The items from <paramref name="from"/> to before <paramref name="to"/> were committed: they are their readers' now. Called right behind the
    /// commit.
    /// </summary>
    void MarkSent(int from, int to);

    /// <summary>
    /// The call is about to sleep until there is room, or has slept. Meanwhile handles of buffers in the items do not count as in flight but as held
    /// by this process, so that a kill in a long wait leaves nothing. Not called while an item is copied or committed.
    /// </summary>
    void SetWaiting(bool isWaiting);
}

internal sealed unsafe partial class QueueCore
{
    // After so many items or bytes a batch lets other producers have a turn.
    private const int MostItemsPerTurn = 256;
    private const long MostBytesPerTurn = 256 << 10;

    /// <summary>
    /// Puts items from <paramref name="done"/> on and counts it up. All items of one turn become visible by one release store.
    /// </summary>
    /// <exception cref="InsufficientSharedMemoryException">
    /// A larger ring was needed and there is no memory for it; the item is not in the queue.
    /// </exception>
    public QueueOutcome Put<TPayloads>(ref TPayloads payloads, ref int done, Deadline deadline, CancellationToken cancellationToken)
        where TPayloads : struct, IPayloads, allows ref struct
    {
        while (true)
        {
            var outcome = PutTurn(ref payloads, ref done, null, out var ringNeeded, deadline, cancellationToken);
            if (ringNeeded == 0)
            {
                if (outcome is QueueOutcome.Done && done < payloads.Count)
                {
                    continue;
                }

                return outcome;
            }

            PutChaining(ref payloads, ref done, ringNeeded, deadline, cancellationToken);
            if (done == payloads.Count)
            {
                return QueueOutcome.Done;
            }
        }
    }

    /// <summary>
    /// One turn under the write lock. <paramref name="next"/> is the ring to continue in when the current one is full; the turn that used it has set
    /// its <see cref="Ring.IsLinked"/>.
    /// <paramref name="ringNeeded"/> is not 0 if a record of so many bytes needs a ring and there is none: then nothing was put.
    /// <para>
    /// Killed before the commit: the bytes lie where the next producer writes, a linked ring is linked from there only. Killed after it: all items
    /// are in the queue, and sleepers check again when the death is reported or after their slice.
    /// </para>
    /// </summary>
    private QueueOutcome PutTurn<TPayloads>(
        ref TPayloads payloads, ref int done, Ring? next, out long ringNeeded, Deadline deadline, CancellationToken cancellationToken)
        where TPayloads : struct, IPayloads, allows ref struct
    {
        ringNeeded = 0;
        var control = _control;
        EnterWrite(deadline, cancellationToken);
        KillPoints.Pass(KillPoint.PutLocked);
        var sequence = control->PutSequence;
        var ring = _writeRing;
        if (ring.Word != PutAt(sequence)->Ring)
        {
            ring = EnterRingOfWriter(deadline, cancellationToken);
            sequence = control->PutSequence;
        }

        if (control->Completed != 0)
        {
            OwnerLock.Exit(&control->WriteLock);
            return QueueOutcome.Completed;
        }

        var begin = PutAt(sequence)->Head;
        var head = begin;
        var items = PutAt(sequence)->Items;
        var first = done;
        var count = payloads.Count;
        do
        {
            var length = payloads.LengthOf(done);
            var need = RecordHeader.BytesFor(length);
            if ((items - control->WriterSeesItems >= control->Capacity || head + need - control->WriterSeesTail > control->MaxBytes)
                && !HasRoomNow(items, head, need))
            {
                break;
            }

            if (!ring.Fits(head, control->WriterSeesTail, need, out var pad))
            {
                if (next is not null && !ReferenceEquals(ring, next) && next.Size >= need + RecordHeader.LinkReserve)
                {
                    head = Link(ring, head, next);
                    ring = next;
                    pad = 0;
                }
                else if (!FitsNow(ring, head, need, out pad))
                {
                    ringNeeded = done == first ? need : 0;
                    break;
                }
            }

            head = WriteItem(ring, head, pad, ref payloads, done, length);
            items++;
            done++;
        }
        while (done != count && done - first != MostItemsPerTurn && head - begin < MostBytesPerTurn);

        var put = done - first;
        if (put == 0)
        {
            OwnerLock.Exit(&control->WriteLock);
            return QueueOutcome.Blocked;
        }

        CommitPut(sequence, head, items, ring.Word);
        payloads.MarkSent(first, done);
        var left = ReferenceEquals(ring, next) ? MoveWriters(ring) : null;
        KillPoints.Pass(KillPoint.PutFinished);
        OwnerLock.Exit(&control->WriteLock);
        KillPoints.Pass(KillPoint.PutUnlocked);
        left?.Leave();
        WaitPoint.Notify(&control->Data, put, _doorbells);
        return QueueOutcome.Done;
    }

    /// <summary>
    /// Under the write lock: writes one record, and a pad before it where it would not lie in one piece. Nothing of it is committed.
    /// </summary>
    /// <returns>The position behind it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long WriteItem<TPayloads>(Ring ring, long head, long pad, ref TPayloads payloads, int index, long length)
        where TPayloads : struct, IPayloads, allows ref struct
    {
        var at = ring.At(head);
        if (pad != 0)
        {
            *(ulong*)at = RecordHeader.Make(RecordKind.Pad, pad - RecordHeader.Size);
            KillPoints.Pass(KillPoint.PutPadded);
            head += pad;
            at = ring.At(head);
        }

        *(ulong*)at = RecordHeader.Make(RecordKind.Item, length);
        KillPoints.Pass(KillPoint.PutHeaderWritten);
        payloads.CopyTo(index, at + RecordHeader.Size);
        KillPoints.Pass(KillPoint.PutCopied);
        return head + RecordHeader.BytesFor(length);
    }

    /// <summary>Under the write lock: one commit of the producers' side, by the one release store at its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CommitPut(long sequence, long head, long items, long ring)
    {
        var after = PutAt(sequence + 1);
        after->Head = head;
        after->Items = items;
        KillPoints.Pass(KillPoint.PutStateHalfWritten);
        after->Ring = ring;
        KillPoints.Pass(KillPoint.PutStateWritten);
        Volatile.Write(ref _control->PutSequence, sequence + 1);
        KillPoints.Pass(KillPoint.PutCommitted);
    }

    /// <summary>
    /// Under the write lock, after the commit that linked the ring: the producers of this process continue in it. Returns the ring to leave outside
    /// the lock.
    /// </summary>
    private Ring MoveWriters(Ring linked)
    {
        var left = _writeRing;
        _writeRing = linked;
        linked.IsLinked = true;

        // No process has it in hand any more. Killed before this: it is in the chain, where a hand does not matter.
        Session.Segments[linked.Id.Index]->Linker = 0;
        return left;
    }

    /// <summary>Whether the record fits, as the consumers' side is now: they may be further than was seen last.</summary>
    private bool FitsNow(Ring ring, long head, long need, out long pad)
    {
        RefreshGot();
        return ring.Fits(head, _control->WriterSeesTail, need, out pad);
    }

    /// <summary>Only the consumers' current state may say full. An item beyond the limit is accepted into an empty queue.</summary>
    private bool HasRoomNow(long items, long head, long need)
    {
        RefreshGot();
        var control = _control;
        return items - control->WriterSeesItems < control->Capacity
            && (head + need - control->WriterSeesTail <= control->MaxBytes || items == control->WriterSeesItems);
    }

    private void RefreshGot()
    {
        var got = ReadGot();
        _control->WriterSeesItems = got.Items;
        _control->WriterSeesTail = got.Tail;
    }

    /// <summary>Under the write lock, which is exited and entered again while the ring in which others continued is mapped.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Ring EnterRingOfWriter(Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var word = PutAt(_control->PutSequence)->Ring;
            if (_writeRing.Word == word)
            {
                return _writeRing;
            }

            OwnerLock.Exit(&_control->WriteLock);
            KillPoints.Pass(KillPoint.WriterLeftRing);
            var mapped = MapRing(word);
            KillPoints.Pass(KillPoint.WriterMappedRing);
            try
            {
                EnterWrite(deadline, cancellationToken);
            }
            catch
            {
                mapped?.Leave();
                throw;
            }

            if (mapped is null)
            {
                // It was drained, left and freed meanwhile: the stream is in yet another one.
                continue;
            }

            if (PutAt(_control->PutSequence)->Ring == word)
            {
                var left = _writeRing;
                _writeRing = mapped;
                left.Leave();
            }
            else
            {
                mapped.Leave();
            }
        }
    }
}

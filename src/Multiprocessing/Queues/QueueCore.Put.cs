using System.Runtime.CompilerServices;

namespace Multiprocessing;

internal sealed unsafe partial class QueueCore
{
    // A batch gives others a turn after so many items or bytes.
    private const int MostItemsPerTurn = 256;
    private const long MostBytesPerTurn = 256 << 10;

    /// <summary>
    /// Puts items from <paramref name="done"/> on and counts it up. All items of one turn become visible with one release store; each turn is whole or not at all.
    /// </summary>
    /// <exception cref="InsufficientSharedMemoryException">A larger ring was needed and there is no room for it; the item is not in the queue.</exception>
    public QueueOutcome Put<TPayloads>(ref TPayloads payloads, ref int done, Deadline deadline, CancellationToken cancellationToken)
        where TPayloads : struct, IPayloads, allows ref struct
    {
        while (true)
        {
            var outcome = PutTurn(ref payloads, ref done, null, out _, out var ringNeeded, deadline, cancellationToken);
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
    /// One turn under the write lock. <paramref name="next"/> is a ring to go on in when the one at hand is full; <paramref name="usedNext"/> says whether it was
    /// linked. <paramref name="ringNeeded"/> is not 0 if a record of so many bytes needs a ring and there is none: nothing was put then.
    /// <para>
    /// Killed before the commit: the bytes lie where the next producer writes, a linked ring is linked from there only. Killed after it: all is there,
    /// and whoever slept looks again when the death is told or after his slice.
    /// </para>
    /// </summary>
    private QueueOutcome PutTurn<TPayloads>(
        ref TPayloads payloads, ref int done, Ring? next, out bool usedNext, out long ringNeeded, Deadline deadline, CancellationToken cancellationToken)
        where TPayloads : struct, IPayloads, allows ref struct
    {
        usedNext = false;
        ringNeeded = 0;
        var control = _control;
        EnterWrite(deadline, cancellationToken);
        KillPoints.Pass(KillPoint.PutLocked);
        var sequence = control->PutSequence;
        var now = PutAt(sequence);
        var ring = _writeRing;
        if (ring.Word != now->Ring)
        {
            ring = EnterRingOfWriter(deadline, cancellationToken);
            sequence = control->PutSequence;
            now = PutAt(sequence);
        }

        if (control->Completed != 0)
        {
            OwnerLock.Exit(&control->WriteLock);
            return QueueOutcome.Completed;
        }

        var head = now->Head;
        var items = now->Items;
        var first = done;
        var count = payloads.Count;
        while (true)
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
                if (next is null || usedNext || next.Size < need + RecordHeader.LinkReserve)
                {
                    // The consumers may be further than was seen last.
                    RefreshGot();
                    if (!ring.Fits(head, control->WriterSeesTail, need, out pad))
                    {
                        ringNeeded = done == first ? need : 0;
                        break;
                    }
                }
                else
                {
                    head = Link(ring, head, next);
                    ring = next;
                    usedNext = true;
                    pad = 0;
                }
            }

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
            payloads.CopyTo(done, at + RecordHeader.Size);
            KillPoints.Pass(KillPoint.PutCopied);
            head += need;
            items++;
            done++;
            if (done == count || done - first == MostItemsPerTurn || head - now->Head >= MostBytesPerTurn)
            {
                break;
            }
        }

        var put = done - first;
        if (put == 0)
        {
            OwnerLock.Exit(&control->WriteLock);
            return QueueOutcome.Blocked;
        }

        var after = PutAt(sequence + 1);
        after->Head = head;
        after->Items = items;
        KillPoints.Pass(KillPoint.PutStateHalfWritten);
        after->Ring = ring.Word;
        KillPoints.Pass(KillPoint.PutStateWritten);

        // The commit.
        Volatile.Write(ref control->PutSequence, sequence + 1);
        payloads.MarkSent(first, done);
        KillPoints.Pass(KillPoint.PutCommitted);
        Ring? left = null;
        if (usedNext)
        {
            left = _writeRing;
            _writeRing = ring;

            // Linked now, so it is in nobody's hand. Killed before this: it is in the chain, where a hand does not matter.
            Session.Segments[ring.Id.Index]->InHand = 0;
        }

        KillPoints.Pass(KillPoint.PutFinished);
        OwnerLock.Exit(&control->WriteLock);
        KillPoints.Pass(KillPoint.PutUnlocked);
        left?.Leave();
        WaitPoint.Notify(&control->Data, put, _doorbells);
        return QueueOutcome.Done;
    }

    /// <summary>Only a fresh look at the consumers' side may say full. An item beyond the limit is let into an empty queue.</summary>
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

    /// <summary>Under the write lock, which is given up and taken again while the ring that others went on to is mapped.</summary>
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
                // It was drained, left and freed while we looked: the stream is in yet another one.
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

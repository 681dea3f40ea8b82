using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>How producers continue in a next ring when the current one is full.</summary>
internal sealed unsafe partial class QueueCore
{
    // A running consumer takes an item in less time; a sleeping one needs longer to wake up, and is not waited for.
    private static readonly long StandstillTicks = Stopwatch.Frequency / 1_000_000 * 20;

    /// <summary>
    /// Writes the link behind the last record and lets <paramref name="next"/> begin right after it. Not committed yet: killed here, the next
    /// producer overwrites the link, and the ring is collected as a leftover when the stream has passed its position.
    /// </summary>
    private long Link(Ring ring, long head, Ring next)
    {
        var toEnd = ring.ToEnd(head);
        if (toEnd < RecordHeader.LinkBytes)
        {
            *(ulong*)ring.At(head) = RecordHeader.Make(RecordKind.Pad, toEnd - RecordHeader.Size);
            KillPoints.Pass(KillPoint.LinkPadded);
            head += toEnd;
        }

        var at = ring.At(head);
        *(ulong*)at = RecordHeader.Make(RecordKind.Link, sizeof(long));
        *(long*)(at + RecordHeader.Size) = next.Word;
        KillPoints.Pass(KillPoint.LinkWritten);
        head += RecordHeader.LinkBytes;
        next.BeginAt(head);
        KillPoints.Pass(KillPoint.LinkRingBegun);
        Volatile.Write(ref Session.Segments[next.Id.Index]->Position, head);
        KillPoints.Pass(KillPoint.LinkRingPlaced);
        return head;
    }

    /// <summary>
    /// Makes the next ring, or takes the spare one, and puts into it. Other producers that find the ring full wait here instead of making their own.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PutChaining<TPayloads>(ref TPayloads payloads, ref int done, long need, Deadline deadline, CancellationToken cancellationToken)
        where TPayloads : struct, IPayloads, allows ref struct
    {
        // Killed as its owner: the lock guards only against doing the work twice.
        if (!OwnerLock.TryEnter(&_control->ChainLock, _selfWord))
        {
            EnterSlow(&_control->ChainLock, deadline, cancellationToken);
        }

        KillPoints.Pass(KillPoint.ChainLocked);
        Ring? next = null;
        try
        {
            // The previous owner of the lock has most likely made room.
            PutTurn(ref payloads, ref done, null, out var stillNeeded, deadline, cancellationToken);
            if (stillNeeded != 0 && WaitForDraining(need))
            {
                PutTurn(ref payloads, ref done, null, out stillNeeded, deadline, cancellationToken);
            }

            if (stillNeeded != 0)
            {
                next = NextRing(need, deadline, cancellationToken);
                KillPoints.Pass(KillPoint.RingUnlinked);
                PutTurn(ref payloads, ref done, next, out _, deadline, cancellationToken);
            }
        }
        finally
        {
            OwnerLock.Exit(&_control->ChainLock);
            if (next is { IsLinked: false })
            {
                // There is room meanwhile, or the queue was completed.
                KillPoints.Pass(KillPoint.RingNotNeeded);
                Session.Segments.FreePart(next.Id);
                next.Leave();
            }
        }
    }

    /// <summary>
    /// A fresh ring costs a millisecond per MiB, most of it for clearing memory. While a consumer runs it is cheaper to wait until it has freed a
    /// quarter of the current ring, whose memory is in the cache; but not longer than a fresh ring would take, and not at all for a consumer that
    /// does not advance.
    /// </summary>
    private bool WaitForDraining(long need)
    {
        if (!Spin.IsUseful)
        {
            return false;
        }

        var put = ReadPut();
        var size = put.Ring == 0 ? QueueControl.FirstRingBytes : Session.Segments[SegmentId.FromWord(put.Ring).Index]->Bytes - RingHeader.DataOffset;
        var enough = Math.Max(size / 4, need + RecordHeader.LinkReserve);
        if (enough > size || ReadGot().Ring != put.Ring)
        {
            return false;
        }

        var now = Stopwatch.GetTimestamp();
        var end = now + (Ring.NextSize(size, need, _control->MaxBytes, _control->Capacity) * Stopwatch.Frequency / 1000 >> 20);
        var moved = now;
        var last = Volatile.Read(ref _control->GotSequence);
        while (true)
        {
            for (var i = 0; i < 32; i++)
            {
                Spin.Pause();
            }

            now = Stopwatch.GetTimestamp();
            var sequence = Volatile.Read(ref _control->GotSequence);
            if (sequence != last)
            {
                last = sequence;
                moved = now;
                if (size - (put.Head - ReadGot().Tail) >= enough)
                {
                    return true;
                }
            }
            else if (now - moved > StandstillTicks)
            {
                return false;
            }

            if (now > end)
            {
                return false;
            }
        }
    }

    /// <summary>
    /// Returns a ring that this process owns and that is in no chain. Killed as owner of the spare one, or of a new one: its entry names a dead
    /// owner, and its position is none or an old one, so it is collected at the next chaining.
    /// </summary>
    private Ring NextRing(long need, Deadline deadline, CancellationToken cancellationToken)
    {
        EnterWrite(deadline, cancellationToken);
        var size = Ring.NextSize(_writeRing.Size, need, _control->MaxBytes, _control->Capacity);
        var spare = TakeSpare(need);
        KillPoints.Pass(KillPoint.SpareDecided);
        var deaths = Session.Liveness.Deaths;
        var collect = deaths != _control->CollectedDeaths;
        OwnerLock.Exit(&_control->WriteLock);
        if (collect)
        {
            CollectLeftovers(deaths, deadline, cancellationToken);
        }

        return (spare != 0 ? MapRing(spare) : null)
            ?? Ring.Chained(Session.Segments.Create(SegmentKind.Ring, size + RingHeader.DataOffset, Segment.Id));
    }

    /// <summary>
    /// Under the write lock. The owner first: killed between the two stores, the ring is still the spare one, and the next process that takes it
    /// writes its own name there.
    /// </summary>
    private long TakeSpare(long need)
    {
        var word = Volatile.Read(ref _control->Spare);
        if (word == 0)
        {
            return 0;
        }

        var entry = Session.Segments[SegmentId.FromWord(word).Index];
        if (entry->Bytes - RingHeader.DataOffset < need + RecordHeader.LinkReserve)
        {
            return 0;
        }

        Volatile.Write(ref entry->Linker, _selfWord);
        KillPoints.Pass(KillPoint.SpareLinkerNamed);
        return Interlocked.CompareExchange(ref _control->Spare, 0, word) == word ? word : 0;
    }

    /// <summary>
    /// Frees the rings that a dead process left between two steps: those that lie behind the consumers' ring and are not the spare one. With both
    /// locks no living process is between steps; a ring with a living owner is left alone.
    /// </summary>
    private void CollectLeftovers(int deaths, Deadline deadline, CancellationToken cancellationToken)
    {
        EnterWrite(deadline, cancellationToken);
        try
        {
            EnterRead(deadline, cancellationToken);
            try
            {
                KillPoints.Pass(KillPoint.CollectLocked);
                var reading = GotAt(_control->GotSequence)->Ring;
                var writing = PutAt(_control->PutSequence)->Ring;
                var from = reading == 0 ? 0 : Session.Segments[SegmentId.FromWord(reading).Index]->Position;
                var spare = _control->Spare;
                Session.Segments.CollectParts(
                    Segment.Id,
                    (id, position) => id.ToWord() is var word && word != reading && word != writing && word != spare && position < from);
                KillPoints.Pass(KillPoint.Collected);
                _control->CollectedDeaths = deaths;
            }
            finally
            {
                OwnerLock.Exit(&_control->ReadLock);
            }
        }
        finally
        {
            OwnerLock.Exit(&_control->WriteLock);
        }
    }

    /// <summary>Maps a ring, outside all locks. Null when the ring was freed, because others have drained and left it.</summary>
    /// <exception cref="ObjectDisposedException">
    /// The queue itself was freed: it was disposed here during this call, and no other process holds it.
    /// </exception>
    private Ring? MapRing(long word)
    {
        if (word == 0)
        {
            return Ring.First(Segment);
        }

        if (Session.Segments.Open(SegmentId.FromWord(word), hold: false) is { } segment)
        {
            return Ring.Chained(segment);
        }

        return Session.Segments.IsStillCurrent(Segment.Id)
            ? null
            : throw new ObjectDisposedException(nameof(ProcessQueue<int>), $"{Described} was disposed in this process.");
    }
}

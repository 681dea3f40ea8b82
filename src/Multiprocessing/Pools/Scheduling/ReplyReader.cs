using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Reads the replies of workers and completes their tasks. Holds no state of its own: how far each worker was read is at its entry. Under the loop's gate.
/// <para>
/// Nothing that a worker writes is trusted: every number, length and count is checked against what is assigned to the worker before it is used. What is not valid is <see cref="WorkerEntry.Damage"/>, and
/// nothing behind it is read.
/// </para>
/// </summary>
internal sealed unsafe class ReplyReader(
    PoolLoop loop, WorkerFleet fleet, WorkerReports reports, StartFailures failures, PoolEnding ending, PoolStatistics statistics)
{
    /// <summary>Reads all replies of a worker.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="all">Also reports that the program has no room for: the worker has ended.</param>
    /// <returns><see langword="true"/> if there were any.</returns>
    public bool Read(WorkerEntry worker, bool all = false)
    {
        loop.AssertHeld();
        if (worker.IsHeldUp || worker.Damage is not null)
        {
            return false;
        }

        var from = worker.ReplyTail;
        var head = Volatile.Read(ref worker.Channel->ReplyHead);
        if (head == from)
        {
            return false;
        }

        if (head < from || head - from > ChannelLayout.RingBytes || (head & 7) != 0)
        {
            worker.Requests.Damaged($"it says that its replies end at byte {head}, and they were read up to {from}");
            return true;
        }

        if (!ReadUpTo(worker, head, all))
        {
            return true;
        }

        worker.Requests.Completed(worker.Replied);
        worker.FreeReplies();
        worker.Statistics.LastProgressAt = Stopwatch.GetTimestamp();
        if (!worker.IsBusy)
        {
            worker.IdleSince = worker.Statistics.LastProgressAt;
            fleet.CloseIfRetired(worker);
        }

        return worker.ReplyTail != from;
    }

    /// <returns><see langword="false"/> if the channel is damaged.</returns>
    private bool ReadUpTo(WorkerEntry worker, long head, bool all)
    {
        var ring = worker.Memory.Base + ChannelLayout.ReplyRing;
        TaskTimes times = default;
        while (worker.ReplyTail != head)
        {
            var offset = worker.ReplyTail & (ChannelLayout.RingBytes - 1);
            var at = ring + offset;
            if (ReadMany(worker, at, head))
            {
                continue;
            }

            if (!TryReadHeader(worker, at, ChannelLayout.RingBytes - offset, head, out var header))
            {
                worker.Requests.Damaged(
                    $"what lies at byte {worker.ReplyTail} of its replies is none (kind {header.Kind}, task {header.Sequence}, {header.Length} bytes)");
                return false;
            }

            if (header.IsPad)
            {
                worker.ReplyTail += header.PadBytes;
                continue;
            }

            if (header.Kind == ReplyKind.Note && !all && reports.HoldUp(worker))
            {
                return true;
            }

            var data = at + sizeof(ReplyHeader);
            if (header.IsMeasured != 0)
            {
                times = *(TaskTimes*)data;
                data += sizeof(TaskTimes);
            }

            ReadOne(worker, header, header.IsMeasured != 0 && AreSane(times) ? &times : null, data);
            worker.ReplyTail += (data - at + header.Length + 7) & ~7;
        }

        return true;
    }

    private void ReadOne(WorkerEntry worker, in ReplyHeader header, TaskTimes* times, byte* data)
    {
        switch (header.Kind)
        {
            case ReplyKind.Ready:
                OnReady(worker);
                break;
            case ReplyKind.Note:
                OnReport(worker, header, data);
                break;
            case ReplyKind.InitializerFailed:
                var content = Content(worker, header, data, out var end);
                ending.Break(ReadError(content, end));
                break;
            default:
                OnReply(worker, header, times, data);
                break;
        }
    }

    /// <summary>
    /// Copies a reply's header, so that what was checked is what is used whatever is written there meanwhile; false if no such reply can be here now. What it announces lies between
    /// <paramref name="at"/> and the end of what is committed, in one piece.
    /// </summary>
    private static bool TryReadHeader(WorkerEntry worker, byte* at, long toEnd, long head, out ReplyHeader header)
    {
        header = default;
        var room = Math.Min(toEnd, head - worker.ReplyTail);
        fixed (ReplyHeader* copy = &header)
        {
            // Of a pad at the very end of the ring there is only the first half.
            Buffer.MemoryCopy(at, copy, sizeof(ReplyHeader), Math.Min(room, sizeof(ReplyHeader)));
        }

        if (header.IsPad)
        {
            return header.PadBytes == toEnd && toEnd <= room;
        }

        var before = sizeof(ReplyHeader) + (header.IsMeasured != 0 ? sizeof(TaskTimes) : 0);
        if (header.Length < 0 || before + (long)header.Length > room || (header.IsOutside != 0 && header.Length != 2 * sizeof(long)))
        {
            return false;
        }

        return header.Kind switch
        {
            ReplyKind.Result or ReplyKind.Error =>
                worker.Assigned.First is { } first && header.Sequence == worker.Replied && worker.Replied - first.Value.FirstNumber < (uint)first.Value.Range.Count,
            ReplyKind.Ready or ReplyKind.InitializerFailed => worker.ReadyAt == 0,
            ReplyKind.Note => true,
            _ => false,
        };
    }

    /// <summary>Times that were measured, and not memory that was overwritten: such times are left out.</summary>
    private static bool AreSane(in TaskTimes times) =>
        times.Work > 0 && times.Begun > 0 && times.Begun + times.Work is var end && end > 0 && end <= Stopwatch.GetTimestamp();

    /// <summary>Reads as many plain results as lie here one behind the other; false if there is none.</summary>
    private static bool ReadMany(WorkerEntry worker, byte* at, long head)
    {
        if (worker.Assigned.First is not { } first || first.Value.Batch is not { RawLength: >= 0, Count: > 1 } batch || worker.Reason != KillReason.None)
        {
            return false;
        }

        var assigned = first.Value;
        var toEnd = ChannelLayout.RingBytes - (worker.ReplyTail & (ChannelLayout.RingBytes - 1));
        var end = at;
        var limit = at + Math.Min(toEnd, head - worker.ReplyTail);
        var taken = batch.OnResults(assigned.IndexOf(worker.Replied), (int)(assigned.EndNumber - worker.Replied), worker.Replied, ref end, limit);
        if (taken == 0)
        {
            return false;
        }

        worker.ReplyTail += end - at;
        worker.Replied += (uint)taken;
        worker.Statistics.Tasks += taken;
        worker.Statistics.Unmeasured += taken;
        var content = (long)taken * ((ReplyHeader*)at)->Length; // all of one length
        worker.Statistics.ResultBytes += content;
        batch.Settings.Statistics.ResultBytes += content;
        if (worker.Replied == assigned.EndNumber)
        {
            worker.Assigned.RemoveFirst();
        }

        return true;
    }

    private void OnReport(WorkerEntry worker, in ReplyHeader header, byte* data)
    {
        try
        {
            var content = Content(worker, header, data, out var end);
            reports.Read(worker, content, end);
        }
        catch (Exception exception)
        {
            PoolLog.ReportFailed(exception); // the code of a reported value threw while it was read
        }
    }

    private static void OnReply(WorkerEntry worker, in ReplyHeader header, TaskTimes* times, byte* data)
    {
        var assigned = worker.Assigned.First!.Value;
        var index = assigned.IndexOf(header.Sequence);
        var batch = assigned.Batch;
        worker.Replied = header.Sequence + 1;
        if (worker.Replied == assigned.EndNumber)
        {
            worker.Assigned.RemoveFirst();
        }

        if (times is not null)
        {
            batch.Pace.Learn(times->Work + times->Read);
        }

        var isTooLate = worker.EndedAfterTimeLimit(header.Sequence);
        if (worker.Reason != KillReason.None && worker.KillNumber == header.Sequence && !worker.IsKilled)
        {
            worker.Reason = KillReason.None; // the task has ended by itself
            worker.KillAt = 0;
        }

        batch.ReleaseReferences(index);
        var readingTicks = 0L;
        if (isTooLate)
        {
            batch.OnTimedOut(index, worker.Host!);
        }
        else
        {
            readingTicks = Complete(worker, batch, index, header, data, times is not null);
        }

        PoolStatistics.OnReply(worker, batch, times, readingTicks);
    }

    /// <summary>Ends a task with its result or its error.</summary>
    /// <returns>How long reading the result took, in ticks of the stopwatch, if that is measured.</returns>
    private static long Complete(WorkerEntry worker, TaskBatch batch, int index, in ReplyHeader header, byte* data, bool isMeasured)
    {
        Exception error;
        try
        {
            var content = Content(worker, header, data, out var end);
            worker.Statistics.ResultBytes += end - content;
            batch.Settings.Statistics.ResultBytes += end - content;
            if (header.Kind == ReplyKind.Result)
            {
                batch.Settings.Body?.LearnBytes(end - content);
                return batch.OnResult(index, content, end, isMeasured);
            }

            error = ReadError(content, end);
        }
        catch (Exception exception)
        {
            error = exception; // the result's own code threw while it was read
        }

        batch.OnError(index, error);
        return 0;
    }

    /// <summary>Where a reply's content lies: behind its header, or in a segment of its own.</summary>
    /// <exception cref="InvalidDataException">There is no such segment, or it is smaller: the channel is damaged.</exception>
    private static byte* Content(WorkerEntry worker, in ReplyHeader header, byte* data, out byte* end)
    {
        if (header.IsOutside == 0)
        {
            end = data + header.Length;
            return data;
        }

        var (word, length) = (((long*)data)[0], ((long*)data)[1]);
        try
        {
            var segment = worker.Outside.Open(word);
            if (length < 0 || length > segment.Size)
            {
                throw new InvalidDataException($"A result of {length} bytes does not lie in a segment of {segment.Size}.");
            }

            end = segment.Base + length;
            return segment.Base;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            worker.Requests.Damaged(ExceptionText.Message(exception));
            throw;
        }
    }

    private void OnReady(WorkerEntry worker)
    {
        failures.OnReady();
        worker.ReadyAt = worker.IdleSince = Stopwatch.GetTimestamp();
        statistics.OnReady(worker);
        if (worker.Phase == WorkerPhase.Starting)
        {
            worker.Phase = WorkerPhase.Ready;
        }

        // The replacement is ready: one worker that it replaces retires.
        foreach (var other in fleet.Workers)
        {
            if (other is { IsExpiring: true, Phase: WorkerPhase.Ready })
            {
                fleet.Retire(other);
                break;
            }
        }
    }

    private static Exception ReadError(byte* data, byte* end) => ExceptionMessage.Read(ref data, end);
}

using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Reads the replies of workers and completes their tasks. Holds no state of its own: how far each worker was read is at its entry. Under the loop's
/// gate.
/// <para>
/// Nothing that a worker writes is trusted: every number, length and count is checked against what is assigned to the worker before it is used. What
/// is not valid is <see cref="WorkerEntry.Damage"/>, and nothing behind it is read.
/// </para>
/// </summary>
internal sealed unsafe class ReplyHandler(
    PoolLoop loop, WorkerFleet fleet, WorkerReports reports, StartFailures failures, PoolEnding ending, PoolStatistics statistics,
    TaskLog log)
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

        if (!worker.Replies.HasReplies)
        {
            return false;
        }

        if (!worker.Replies.Refresh() || !ReadAll(worker, all, out var any))
        {
            return true; // damaged: the worker is killed for it
        }

        worker.Requests.Complete(worker.Replied);
        worker.Replies.Release();
        worker.Statistics.LastProgressAt = Stopwatch.GetTimestamp();
        if (!worker.IsBusy)
        {
            worker.IdleSince = worker.Statistics.LastProgressAt;
            fleet.CloseIfRetired(worker);
        }

        return any;
    }

    /// <returns><see langword="false"/> if the channel is damaged.</returns>
    private bool ReadAll(WorkerEntry worker, bool all, out bool any)
    {
        any = false;
        var replies = worker.Replies;
        while (true)
        {
            if (ReadMany(worker))
            {
                any = true;
                continue;
            }

            if (!replies.TryNext(out var reply))
            {
                return worker.Damage is null;
            }

            if (!CanBeNext(worker, reply.Header))
            {
                replies.ReportInvalid(reply.Header);
                return false;
            }

            if (reply.Header.Kind == ReplyKind.Report && !all && reports.HoldUp(worker))
            {
                return true;
            }

            ReadOne(worker, reply);
            replies.Advance(reply);
            any = true;
        }
    }

    private void ReadOne(WorkerEntry worker, in Reply reply)
    {
        switch (reply.Header.Kind)
        {
            case ReplyKind.Ready:
                OnReady(worker);
                break;
            case ReplyKind.Report:
                OnReport(worker, reply);
                break;
            case ReplyKind.InitializerFailed:
                var content = worker.Replies.Content(reply, out var end);
                ending.Break(ReadError(content, end));
                break;
            default:
                OnReply(worker, reply);
                break;
        }
    }

    private static bool CanBeNext(WorkerEntry worker, in ReplyHeader header) => header.Kind switch
    {
        ReplyKind.Result or ReplyKind.Error =>
            worker.Assigned.First is { } first && header.Number == worker.Replied
                && worker.Replied - first.Value.FirstNumber < (uint)first.Value.Range.Count,
        ReplyKind.Ready or ReplyKind.InitializerFailed => worker.ReadyAt == 0,
        ReplyKind.Report => true,
        _ => false,
    };

    /// <summary>Reads as many plain results as lie here one behind the other; false if there is none.</summary>
    private bool ReadMany(WorkerEntry worker)
    {
        if (worker.Assigned.First is not { } first
            || first.Value.Batch is not { RawLength: >= 0, Count: > 1 } batch
            || worker.Reason != KillReason.None)
        {
            return false;
        }

        var assigned = first.Value;
        var at = worker.Replies.Peek(out var limit);
        var end = at;
        var taken = batch.OnResults(assigned.IndexOf(worker.Replied), (int)(assigned.EndNumber - worker.Replied), worker.Replied, ref end, limit);
        if (taken == 0)
        {
            return false;
        }

        worker.Replies.Advance((int)(end - at));
        worker.Replied += (uint)taken;
        worker.Statistics.Tasks += taken;
        if (StatusPublisher.IsLookedAt)
        {
            log.Skip(taken);
        }

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

    private void OnReport(WorkerEntry worker, in Reply reply)
    {
        try
        {
            var content = worker.Replies.Content(reply, out var end);
            reports.Read(worker, content, end);
        }
        catch (Exception exception)
        {
            PoolLog.ReportFailed(exception); // the code of a reported value threw while it was read
        }
    }

    private void OnReply(WorkerEntry worker, in Reply reply)
    {
        var assigned = worker.Assigned.First!.Value;
        var number = reply.Header.Number;
        var index = assigned.IndexOf(number);
        var batch = assigned.Batch;
        worker.Replied = number + 1;
        if (worker.Replied == assigned.EndNumber)
        {
            worker.Assigned.RemoveFirst();
        }

        var hasTimes = reply.HasTimes;
        if (hasTimes)
        {
            batch.Pace.Learn(reply.Times.Work + reply.Times.Read);
        }

        var isTooLate = worker.EndedAfterTimeLimit(number);
        if (worker.Reason != KillReason.None && worker.KillNumber == number && !worker.IsKilled)
        {
            worker.Reason = KillReason.None; // the task has ended by itself
            worker.KillAt = 0;
        }

        batch.ReleaseReferences(index);
        var readingTicks = 0L;
        Exception? error = null;
        if (isTooLate)
        {
            batch.OnTimedOut(index, worker.Host!);
        }
        else
        {
            readingTicks = Complete(worker, batch, index, reply, hasTimes, out error);
        }

        if (StatusPublisher.IsLookedAt)
        {
            log.Add(
                worker, batch, index, hasTimes ? reply.Times.Work : -1,
                isTooLate ? TaskOutcome.TimedOut : error is null ? TaskOutcome.Succeeded
                    : error is OperationCanceledException ? TaskOutcome.Canceled : TaskOutcome.Failed, error);
        }

        var times = reply.Times;
        PoolStatistics.OnReply(worker, batch, hasTimes ? &times : null, readingTicks);
    }

    /// <summary>Ends a task with its result or its error.</summary>
    /// <returns>How long reading the result took, in ticks of the stopwatch, if that is measured.</returns>
    private static long Complete(WorkerEntry worker, TaskBatch batch, int index, in Reply reply, bool isMeasured, out Exception? error)
    {
        error = null;
        try
        {
            var content = worker.Replies.Content(reply, out var end);
            worker.Statistics.ResultBytes += end - content;
            batch.Settings.Statistics.ResultBytes += end - content;
            if (reply.Header.Kind == ReplyKind.Result)
            {
                batch.Settings.Body?.Size.Learn(end - content);
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

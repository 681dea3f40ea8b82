using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// What becomes of the tasks of a worker that has ended, in good order or not. Owns the last count of processes that the kernel killed for lack of
/// memory. Under the loop's gate.
/// <para>
/// A reply that the worker has committed counts. What it had not started waits for other workers. The one task that it had started and not replied
/// to, if there is one, fails or is tried again.
/// </para>
/// </summary>
internal sealed class WorkerDeaths(
    string pool,
    PoolLoop loop,
    PoolState state,
    PendingTasks pending,
    WorkerFleet fleet,
    ReplyHandler replies,
    StartFailures failures,
    PoolEnding ending,
    PoolStatistics statistics,
    PoolEvents events,
    TaskLog log)
{
    private long _memoryKills = OutOfMemoryKills.Count();

    /// <summary>The process of a worker has exited, or its thread has.</summary>
    public void OnEnded(WorkerEntry worker, WorkerHost host, Exception? failure)
    {
        loop.AssertHeld();
        if (!fleet.Contains(worker))
        {
            host.Dispose(); // the pool was ended without it before
            return;
        }

        try
        {
            Process(worker, host, failure);
        }
        catch (Exception exception)
        {
            ending.Abandon(worker, exception);
            throw;
        }
    }

    private void Process(WorkerEntry worker, WorkerHost host, Exception? failure)
    {
        worker.IsHeldUp = false;
        replies.Read(worker, all: true);
        fleet.Remove(worker);

        // Killed while it was closing: it had no task, but a foreground thread of an earlier one outlasted the grace.
        var isInOrder = worker.Phase == WorkerPhase.Closing && (!worker.IsKilled || worker.Reason == KillReason.Disposed);
        var status = host.ExitStatus ?? new ExitStatus();
        statistics.OnEnded(worker, status, died: !isInOrder);
        events.Ended(worker, host, status, isInOrder);
        foreach (var (number, batch, index) in TakeStarted(worker))
        {
            FailStarted(worker, host, batch, index, number);
        }

        for (var node = worker.Assigned.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Range.Count > 0)
            {
                pending.AddFirst(node.Value.Range);
            }
        }

        worker.Dispose();
        ending.AwaitOutput(host);
        if (!isInOrder && !state.IsDisposing && state.BrokenBy is null && !worker.IsKilledByCaller)
        {
            failures.OnDeath(worker, host, failure);
        }
    }

    /// <summary>
    /// Takes what the worker had started and not replied to out of its assigned tasks: one task at most. Of a damaged channel it is not known which
    /// replies were lost: then it is all that may have been started, and the next one at least.
    /// </summary>
    private static List<(uint Number, TaskBatch Batch, int Index)> TakeStarted(WorkerEntry worker)
    {
        List<(uint, TaskBatch, int)> started = [];
        var end = worker.Requests.Started;
        if (worker.Damage is not null && worker.IsBusy && end == worker.Replied)
        {
            end++;
        }

        for (var number = worker.Replied; number != end && worker.Assigned.First is { } first; number++)
        {
            started.Add((number, first.Value.Batch, first.Value.IndexOf(number)));
            if (number + 1 == first.Value.EndNumber)
            {
                worker.Assigned.RemoveFirst();
            }
        }

        if (worker.Assigned.First is { } rest)
        {
            rest.Value.Range = rest.Value.Range with { From = rest.Value.IndexOf(end) };
        }

        return started;
    }

    private void FailStarted(WorkerEntry worker, WorkerHost host, TaskBatch batch, int index, uint number)
    {
        if (StatusPublisher.IsLookedAt)
        {
            var outcome = (worker.KillNumber == number ? worker.Reason : KillReason.None) switch
            {
                KillReason.Timeout => TaskOutcome.TimedOut,
                KillReason.Cancelled => TaskOutcome.Canceled,
                _ => TaskOutcome.WorkerDied,
            };
            log.Add(worker, batch, index, -1, outcome, outcome == TaskOutcome.WorkerDied ? DeathOf(host) : null);
        }

        batch.ReleaseReferences(index);
        KeepSpan(worker, batch, index, number);
        if (state.BrokenBy is { } broken && worker is { IsKilled: true, Reason: KillReason.None or KillReason.Disposed })
        {
            batch.OnError(index, broken);
            return;
        }

        switch (worker.KillNumber == number ? worker.Reason : KillReason.None)
        {
            case KillReason.Timeout:
                batch.OnTimedOut(index, host);
                return;
            case KillReason.Cancelled:
                batch.OnError(index, batch.CancelledError(index));
                return;
            case KillReason.Disposed:
                batch.OnError(index, new ObjectDisposedException(pool, $"The pool '{pool}' was disposed while it ran '{batch.NameOf(index)}'."));
                return;
        }

        batch.CountFailedAttempt(index);
        batch.Settings.Statistics.Deaths++;
        if (state.BrokenBy is null && !state.IsDisposing && batch.FailedAttempts(index) < batch.Settings.MaxAttempts)
        {
            batch.Settings.Statistics.Retries++;
            events.Retried(batch, index);
            pending.AddFirst(new TaskRange(batch, index, index + 1));
            return;
        }

        var status = StatusOf(worker, host);
        var isOutOfMemory = status is { Signal: 9 } && WasKilledForMemory();
        batch.OnError(index, new WorkerDiedException(
            host.Id, host.Name, status, host.StandardError, batch.NameOf(index), batch.FailedAttempts(index), isOutOfMemory));
    }

    /// <summary>The worker could not end and export the span of the task: it is reported here, and the next attempt has a link to it.</summary>
    private void KeepSpan(WorkerEntry worker, TaskBatch batch, int index, uint number)
    {
        if (worker.Requests.LostSpan(number) is not { } span)
        {
            return;
        }

        (batch.LostSpans ??= [])[index] = span;
        var error = (worker.KillNumber == number ? worker.Reason : KillReason.None) switch
        {
            KillReason.Timeout => typeof(TimeoutException),
            KillReason.Cancelled => typeof(OperationCanceledException),
            KillReason.Disposed => typeof(ObjectDisposedException),
            _ => typeof(WorkerDiedException),
        };
        events.Lost(span, worker, batch, index, error);
    }

    private static ExitStatus StatusOf(WorkerEntry worker, WorkerHost host)
    {
        var status = host.ExitStatus ?? new ExitStatus();
        return worker.Damage is null ? status : status with
        {
            Error = new InvalidDataException(
                $"The memory through which worker '{host.Name}' (pid {host.Id}) and its pool communicate was overwritten, "
                + $"so the worker was killed: {worker.Damage}. Look for unsafe code in its tasks."),
        };
    }

    /// <summary>The kernel has killed a process of this group for lack of memory since the last such death: most likely this one.</summary>
    private bool WasKilledForMemory()
    {
        var before = _memoryKills;
        _memoryKills = OutOfMemoryKills.Count();
        return _memoryKills > before;
    }

    private static ProcessDiedException DeathOf(WorkerHost host) =>
        new(host.Id, host.Name, host.ExitStatus ?? new ExitStatus(), host.StandardError.Tail);
}

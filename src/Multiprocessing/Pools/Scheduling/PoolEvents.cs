namespace Multiprocessing;

/// <summary>
/// What a pool writes to the program's log: how its workers start and end. Loggers are the program's code, so records are delivered outside the gate,
/// in order. Holds no state of its own; under the loop's gate.
/// </summary>
internal sealed class PoolEvents(string pool, PoolState state, ReportDelivery reports)
{
    public void Started(WorkerEntry entry)
    {
        var (worker, id) = (entry.Name, entry.Host?.Id);
        Log(() => PoolLog.WorkerStarted(pool, worker, id));
    }

    public void Ended(WorkerEntry entry, WorkerHost host, ExitStatus status, bool isInOrder)
    {
        var (worker, id, task) = (entry.Name, host.Id, entry.RunningTask);
        if (isInOrder || entry.IsKilled)
        {
            Log(() => PoolLog.WorkerEnded(pool, worker, id, status));
        }
        else
        {
            Log(() => PoolLog.WorkerDied(pool, worker, id, status, task));
        }
    }

    public void Killed(WorkerEntry entry)
    {
        var reason = state.BrokenBy is not null ? KillReason.Broken : entry.IsKilledByCaller ? KillReason.Caller : entry.Reason;
        var (worker, id, task) = (entry.Name, entry.Host?.Id, entry.RunningTask);
        Log(() => PoolLog.WorkerKilled(pool, worker, id, reason, task));
    }

    /// <param name="entry">The worker that is replaced.</param>
    /// <param name="limit">The name of the option that it has reached.</param>
    public void Replaced(WorkerEntry entry, string limit)
    {
        var (worker, id) = (entry.Name, entry.Host?.Id);
        Log(() => PoolLog.WorkerReplaced(pool, worker, id, limit));
    }

    public void Retried(TaskBatch batch, int index)
    {
        var (task, attempt, max) = (batch.NameOf(index), batch.FailedAttempts(index) + 1, batch.Settings.MaxAttempts);
        Log(() => PoolLog.TaskRetried(pool, task, attempt, max));
    }

    /// <summary>The span of an attempt that ended with its worker. Listeners are code of the program, too.</summary>
    public void Lost(AttemptSpan span, WorkerEntry entry, TaskBatch batch, int index, Type error)
    {
        if (CallerActivity.IsHeard)
        {
            var (task, attempt) = (batch.Settings.Name, batch.FailedAttempts(index) + 1);
            var (number, worker, id) = (entry.Number, entry.Name, entry.Host?.Id ?? 0);
            reports.Add(() => MultiprocessingLogging.Safely(
                () => span.Report(pool, task, attempt, number, id, error, $"Its worker '{worker}' ended before the task.")));
        }
    }

    public void StartFailed(StartPatience starts, int max, string cause, Exception? exception)
    {
        var (failed, pause) = (starts.Failed, starts.Pause);
        Log(() => PoolLog.StartFailed(exception, pool, failed, max, pause.TotalMilliseconds, cause));
    }

    public void Broken(Exception error) => Log(() => PoolLog.PoolBroken(error, pool));

    private void Log(Action record)
    {
        if (MultiprocessingLogging.IsConfigured)
        {
            reports.Add(() => MultiprocessingLogging.Safely(record));
        }
    }
}

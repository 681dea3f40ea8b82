namespace Multiprocessing;

/// <summary>What the pool tells the program's log: how its workers come and go. Loggers are the program's code, so records are handed over outside the gate, in order.</summary>
internal sealed unsafe partial class PoolCore
{
    private static int? IdOf(WorkerEntry member) => member.Process?.Id;

    /// <summary>The task that the worker has begun and not replied to.</summary>
    private static string? RunningTask(WorkerEntry member) =>
        member.Requests.Started != member.Replied && member.Assigned.First is { } running ? running.Value.Batch.NameOf(running.Value.IndexOf(member.Replied)) : null;

    private void Log(Action record)
    {
        if (MultiprocessingLogging.IsConfigured)
        {
            _notes.Add(() => MultiprocessingLogging.Safely(record));
        }
    }

    private void LogStarted(WorkerEntry member)
    {
        var (worker, id) = (NameOf(member), IdOf(member));
        Log(() => PoolLog.WorkerStarted(Name, worker, id));
    }

    private void LogGone(WorkerEntry member, WorkerHost process, ExitStatus status, bool isInOrder)
    {
        var (worker, id, task) = (NameOf(member), process.Id, RunningTask(member));
        if (isInOrder || member.IsKilled)
        {
            Log(() => PoolLog.WorkerEnded(Name, worker, id, status));
        }
        else
        {
            Log(() => PoolLog.WorkerDied(Name, worker, id, status, task));
        }
    }

    private void LogKilled(WorkerEntry member)
    {
        var reason = _broken is not null ? KillReason.Broken : member.IsKilledByCaller ? KillReason.Caller : member.Reason;
        var (worker, id, task) = (NameOf(member), IdOf(member), RunningTask(member));
        Log(() => PoolLog.WorkerKilled(Name, worker, id, reason, task));
    }

    private void LogReplaced(WorkerEntry member, string limit)
    {
        var (worker, id) = (NameOf(member), IdOf(member));
        Log(() => PoolLog.WorkerReplaced(Name, worker, id, limit));
    }

    private void LogRetried(TaskBatch batch, int index)
    {
        var (task, attempt, most) = (batch.NameOf(index), batch.FailedAttempts(index) + 1, batch.Settings.MaxAttempts);
        Log(() => PoolLog.TaskRetried(Name, task, attempt, most));
    }

    private void LogStartFailed(string cause, Exception? exception)
    {
        var (failed, pause) = (_starts.Failed, _starts.Pause);
        Log(() => PoolLog.StartFailed(exception, Name, failed, Options.MaxFailedStarts, pause.TotalMilliseconds, cause));
    }

    private void LogBroken(Exception error) => Log(() => PoolLog.PoolBroken(error, Name));
}

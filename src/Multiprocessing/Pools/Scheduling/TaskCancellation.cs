using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Cancels tasks that no caller waits for any more, wherever they are. Holds no state of its own; under the loop's gate.
/// </summary>
internal sealed class TaskCancellation(PoolLoop loop, PendingTasks pending, WorkerFleet fleet, ProcessPoolOptions options)
{
    /// <summary>
    /// Ends tasks that no caller waits for any more: those that were not started end now; the token of one that runs is cancelled and, if
    /// <paramref name="kills"/>, its worker is killed after the grace.
    /// </summary>
    public void Cancel(Func<TaskBatch, bool> which, bool kills)
    {
        EndPending(which);
        foreach (var worker in fleet.Workers)
        {
            if (CancelUnstarted(worker, which))
            {
                CancelStarted(worker, which, kills);
            }
        }
    }

    /// <summary>Ends tasks that no worker has started; those that one has are not affected.</summary>
    public void EndUnstarted(Func<TaskBatch, bool> which)
    {
        EndPending(which);
        foreach (var worker in fleet.Workers)
        {
            if (CancelUnstarted(worker, which))
            {
                fleet.CloseIfRetired(worker);
            }
        }
    }

    /// <summary>
    /// An observer asks to end the task that a worker runs: its token is cancelled, and its worker is killed after the grace. It is the task that the
    /// observer has seen only if the worker has completed as many tasks as then.
    /// </summary>
    public void CancelRunning(int number, long tasksDone)
    {
        loop.AssertHeld();
        foreach (var worker in fleet.Workers)
        {
            if (worker.Number == number && worker.Statistics.Tasks == tasksDone && worker.IsBusy && worker.Assigned.First is not null)
            {
                Stop(worker, worker.Replied, kills: true);
            }
        }
    }

    private void EndPending(Func<TaskBatch, bool> which)
    {
        loop.AssertHeld();
        foreach (var range in pending.TakeAll(which))
        {
            for (var index = range.From; index < range.To; index++)
            {
                range.Batch.OnNotBegun(index);
            }
        }
    }

    /// <summary>Takes back what the worker has not started; other callers' tasks wait again.</summary>
    /// <returns><see langword="false"/> if the worker has no such task.</returns>
    private bool CancelUnstarted(WorkerEntry worker, Func<TaskBatch, bool> which)
    {
        var node = worker.Assigned.First;
        while (node is not null && !which(node.Value.Batch))
        {
            node = node.Next;
        }

        if (node is null)
        {
            return false;
        }

        var taken = worker.TakeBack(node.Value.FirstNumber);
        for (var i = taken.Count - 1; i >= 0; i--)
        {
            if (!which(taken[i].Batch))
            {
                pending.AddFirst(taken[i]);
                continue;
            }

            for (var index = taken[i].From; index < taken[i].To; index++)
            {
                taken[i].Batch.ReleaseReferences(index);
                taken[i].Batch.OnNotBegun(index);
            }
        }

        return true;
    }

    private void CancelStarted(WorkerEntry worker, Func<TaskBatch, bool> which, bool kills)
    {
        // Whether the reply was committed meanwhile or not: the word names the task by its number.
        var number = worker.RunningNumber;
        if (worker.IsBusy && worker.BatchOf(number) is { } batch && which(batch))
        {
            Stop(worker, number, kills);
        }
        else
        {
            fleet.CloseIfRetired(worker);
        }
    }

    private void Stop(WorkerEntry worker, uint number, bool kills)
    {
        worker.Requests.Cancel(number);
        if (kills && options.CancellationGrace != Timeout.InfiniteTimeSpan)
        {
            fleet.KillBy(worker, Stopwatch.GetTimestamp() + PoolTicks.Of(options.CancellationGrace), KillReason.Cancelled, number);
        }
    }
}

using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// How a pool ends: shut down, disposed of, broken, or, if its own scheduling fails, at once. Owns the output of ended workers that the program has
/// not taken yet, and the milestone of its delivery. Under the loop's gate.
/// <para>
/// What must not occur and does (an error of this library's own, or no memory, in the middle of a step): the first one breaks the pool, which then
/// ends its workers as a pool that is disposed of does. If that fails as well, everything that is left ends at that moment: no caller waits for ever
/// for a task, a worker or the pool.
/// </para>
/// </summary>
internal sealed class PoolEnding(
    string name, PoolLoop loop, PoolState state, PendingTasks pending,
    PoolIntake intake, WorkerFleet fleet, FleetSize size, PoolEvents events, ProcessPoolOptions options)
{
    private readonly List<WorkerHost> _delivering = [];
    private bool _hasFailed;

    /// <summary>Reached when the pool is over and the program has taken all output of its workers.</summary>
    public Milestone OutputDelivered { get; } = new();

    /// <summary>Workers that have ended and whose output the program has not taken yet.</summary>
    public IReadOnlyList<WorkerHost> Delivering => _delivering;

    /// <summary>A worker has ended; its output may still be on the way to the program.</summary>
    public void AwaitOutput(WorkerHost host)
    {
        loop.AssertHeld();
        _delivering.Add(host);
    }

    public void OnOutputDelivered(WorkerHost host)
    {
        loop.AssertHeld();
        _delivering.Remove(host);
        ReachDelivered();
    }

    /// <summary>The pool cannot go on: every task ends with the error, and so do later calls.</summary>
    public void Break(Exception error)
    {
        loop.AssertHeld();
        if (state.BrokenBy is not null || state.IsDisposing)
        {
            return;
        }

        state.BreakBy(error);
        events.Broken(error);
        FailUnstarted(error);
        fleet.KillAll(KillReason.Disposed);
    }

    /// <summary>Fails tasks that were not started, cancels those that run, and ends the workers within the grace.</summary>
    public void Dispose()
    {
        loop.AssertHeld();
        if (!state.TryDispose())
        {
            return;
        }

        if (state.BrokenBy is null)
        {
            FailUnstarted(new ObjectDisposedException(name, $"The pool '{name}' was disposed before the task started."));
        }

        var now = Stopwatch.GetTimestamp();
        var grace = options.CancellationGrace == Timeout.InfiniteTimeSpan || options.CancellationGrace > options.ShutdownGrace
            ? options.ShutdownGrace
            : options.CancellationGrace;
        foreach (var worker in fleet.Workers)
        {
            if (worker.Phase == WorkerPhase.Starting)
            {
                fleet.Kill(worker, KillReason.Disposed);
                continue;
            }

            if (worker.IsBusy)
            {
                // A task that observes its token may end in good order; the others have the time of a cancellation.
                // What it has not started was taken back above, so the number is that of what it runs.
                var running = worker.RunningNumber;
                worker.Requests.Cancel(running);
                fleet.KillBy(worker, now + PoolTicks.Of(grace), KillReason.Disposed, running);
            }

            fleet.Retire(worker);
        }
    }

    /// <summary>
    /// At the end of each step: retires the workers of a pool that shuts down and has no tasks any more; without workers it is over.
    /// </summary>
    public void FinishIfOver()
    {
        loop.AssertHeld();
        if (!state.IsShuttingDown || pending.Count > 0 || !loop.IsInboxEmpty)
        {
            return;
        }

        fleet.RetireAll();
        if (fleet.Count == 0)
        {
            state.Finish();
            size.CompleteAll();
            state.Closed.Reach();
            ReachDelivered();
        }
    }

    /// <summary>A step has thrown.</summary>
    public void OnStepFailed(Exception exception)
    {
        loop.AssertHeld();
        var error = new PoolBrokenException(
            $"The pool '{name}' gave up, because its own scheduling failed: {ExceptionText.Message(exception)}",
            exception);
        if (_hasFailed)
        {
            EndNow(error);
            return;
        }

        _hasFailed = true;
        Break(error);
        state.ShutDown();
    }

    /// <summary>Fails every task and kills every worker, whatever state they are in.</summary>
    public void EndNow(Exception error)
    {
        loop.AssertHeld();
        state.EndBy(error);
        foreach (var range in pending.TakeAll(static _ => true))
        {
            FailRange(range, error);
        }

        foreach (var worker in fleet.Workers.ToArray())
        {
            Abandon(worker, error);
        }

        size.CompleteAll();
        _ = intake.Drain(); // the pool is over: tasks in the inbox fail, also where no step follows
        state.Closed.Reach();
        OutputDelivered.Reach();
    }

    /// <summary>Removes a worker whose end cannot be processed: its tasks fail, and it is killed.</summary>
    public void Abandon(WorkerEntry worker, Exception error)
    {
        loop.AssertHeld();
        fleet.Remove(worker);
        foreach (var assigned in worker.Assigned)
        {
            FailRange(assigned.Range, error);
        }

        worker.Assigned.Clear();
        if (!worker.IsKilled)
        {
            worker.IsKilled = true;
            LastResort.Run(EntryPoint.PoolStep, () => worker.Host?.Kill());
        }

        LastResort.Run(EntryPoint.PoolStep, worker.Dispose);
    }

    /// <summary>Fails each task on its own: one whose completion throws does not keep the others.</summary>
    private static void FailRange(TaskRange range, Exception error)
    {
        for (var index = range.From; index < range.To; index++)
        {
            var task = index;
            LastResort.Run(EntryPoint.PoolStep, () =>
            {
                range.Batch.ReleaseReferences(task);
                range.Batch.OnError(task, error);
            });
        }
    }

    /// <summary>Fails the tasks that no worker has started.</summary>
    private void FailUnstarted(Exception error)
    {
        foreach (var range in pending.TakeAll(static _ => true))
        {
            for (var index = range.From; index < range.To; index++)
            {
                range.Batch.OnError(index, error);
            }
        }

        foreach (var worker in fleet.Workers)
        {
            foreach (var range in worker.TakeBack(worker.Requests.Started))
            {
                for (var index = range.From; index < range.To; index++)
                {
                    range.Batch.ReleaseReferences(index);
                    range.Batch.OnError(index, error);
                }
            }
        }
    }

    private void ReachDelivered()
    {
        if (state.IsOver && _delivering.Count == 0)
        {
            OutputDelivered.Reach();
        }
    }
}

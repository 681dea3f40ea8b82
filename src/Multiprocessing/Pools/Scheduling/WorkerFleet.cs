using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// The workers of a pool: which there are, and how each is asked to end or killed. Owns the list of workers, and of each one its phase and when and
/// for what it is killed. Under the loop's gate.
/// <para>
/// Invariants: a worker is in the list from the decision to start it until its end was processed; each number is used once. Those of one worker are
/// at <see cref="WorkerEntry"/>.
/// </para>
/// </summary>
internal sealed class WorkerFleet(string pool, PoolLoop loop, PoolState state, PendingTasks pending, PoolEvents events, ProcessPoolOptions options)
{
    private readonly List<WorkerEntry> _workers = [];

    /// <summary>All workers that there are; no longer valid when one was added or removed.</summary>
    public ReadOnlySpan<WorkerEntry> Workers => CollectionsMarshal.AsSpan(_workers);

    public int Count => _workers.Count;

    /// <summary>How many workers were started: also the number of the last one.</summary>
    public int Started { get; private set; }

    /// <summary>How many workers take tasks, or will when they are ready.</summary>
    public int Living =>
        CountOf(static worker => worker.Phase is WorkerPhase.Starting or WorkerPhase.Ready && !worker.IsExpiring && !worker.IsKilled);

    public int Starting => CountOf(static worker => worker.Phase == WorkerPhase.Starting);

    /// <summary>How many workers come up, and were ordered after that time.</summary>
    public int CountComingUp(long since)
    {
        var count = 0;
        foreach (var worker in Workers)
        {
            count += worker.IsComingUp && worker.Statistics.LaunchedAt > since ? 1 : 0;
        }

        return count;
    }

    public int Ready => CountOf(static worker => worker.TakesTasks);

    public int Busy => CountOf(static worker => worker.IsBusy);

    /// <summary>A worker has replies that were not read.</summary>
    public bool HasReplies
    {
        get
        {
            foreach (var worker in Workers)
            {
                if (worker.HasReplies)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>A worker lives that was ready once: tasks get done.</summary>
    public bool HasReadyWorker => _workers.Exists(static worker => worker.ReadyAt != 0 && !worker.IsKilled && worker.Phase != WorkerPhase.Closing);

    public WorkerEntry Add(PoolMemory channel)
    {
        loop.AssertHeld();
        var worker = new WorkerEntry(pool, ++Started, channel);
        _workers.Add(worker);
        return worker;
    }

    public bool Contains(WorkerEntry worker) => _workers.Contains(worker);

    /// <summary>The worker has ended, or never started.</summary>
    public void Remove(WorkerEntry worker)
    {
        loop.AssertHeld();
        _workers.Remove(worker);
    }

    /// <summary>The operating system has started the worker.</summary>
    public void OnStarted(WorkerEntry worker, WorkerHost host)
    {
        loop.AssertHeld();
        worker.Host = host;
        events.Started(worker);
        if (worker.IsKilled)
        {
            KillHost(worker, host);
        }
    }

    /// <summary>Tasks that a worker has not started wait again, before all others of their priority.</summary>
    public void Return(List<TaskRange> taken)
    {
        loop.AssertHeld();
        for (var i = taken.Count - 1; i >= 0; i--)
        {
            pending.AddFirst(taken[i]);
        }
    }

    /// <summary>
    /// Gives the worker no more tasks, and closes it when it has none. One that still starts is killed, unless the whole pool shuts down.
    /// </summary>
    public void Retire(WorkerEntry worker)
    {
        loop.AssertHeld();
        if (worker is { Phase: WorkerPhase.Starting, ReadyAt: 0 } && !state.IsShuttingDown)
        {
            Kill(worker, KillReason.Disposed);
            return;
        }

        if (worker.Phase == WorkerPhase.Closing)
        {
            return;
        }

        worker.Phase = WorkerPhase.Retiring;
        CloseIfRetired(worker);
    }

    /// <summary>Closes a worker that retires and has no tasks any more. What outlasts the grace is killed.</summary>
    public void CloseIfRetired(WorkerEntry worker)
    {
        loop.AssertHeld();
        if (worker.Phase != WorkerPhase.Retiring || worker.IsBusy)
        {
            return;
        }

        worker.Close();
        worker.KillAt = Stopwatch.GetTimestamp() + PoolTicks.Of(options.ShutdownGrace);
        worker.Reason = KillReason.Disposed;
        worker.KillNumber = worker.Replied;
        loop.StepBy(worker.KillAt);
    }

    /// <summary>Closes every worker that is not closing, when it has no tasks any more.</summary>
    public void RetireAll()
    {
        loop.AssertHeld();
        foreach (var worker in Workers)
        {
            if (worker.Phase is WorkerPhase.Starting or WorkerPhase.Ready)
            {
                Retire(worker);
            }
        }
    }

    /// <summary>Kills the worker at that time, unless the task with this number has ended by then. The earliest time counts.</summary>
    public void KillBy(WorkerEntry worker, long at, KillReason reason, uint number)
    {
        loop.AssertHeld();
        if (worker.IsKilled)
        {
            return;
        }

        // An earlier task has ended, if the worker runs another one: the reply to it is not read yet, and lifts what was for that task alone.
        if (worker.Reason == KillReason.None || at < worker.KillAt || worker.KillNumber != number)
        {
            worker.KillAt = at;
            worker.Reason = reason;
            worker.KillNumber = number;
        }
        else if (worker.KillAt == 0)
        {
            worker.KillAt = at; // its time limit has passed, and the grace for that is infinite: the reason stays
        }

        loop.StepBy(worker.KillAt);
    }

    /// <summary>Kills the worker now; an earlier reason stays.</summary>
    public void Kill(WorkerEntry worker, KillReason reason)
    {
        loop.AssertHeld();
        if (worker.IsKilled)
        {
            return;
        }

        if (worker.Reason == KillReason.None)
        {
            worker.Reason = reason;
            worker.KillNumber = worker.Replied;
        }

        worker.IsKilled = true;
        worker.KillAt = 0;
        events.Killed(worker);
        if (worker.Host is { } host)
        {
            KillHost(worker, host);
        }

        // Without a host it is killed as soon as it has one.
    }

    public void KillAll(KillReason reason)
    {
        foreach (var worker in Workers)
        {
            Kill(worker, reason);
        }
    }

    /// <summary>For <see cref="ProcessPool.KillWorkers"/>.</summary>
    public void KillAllForCaller()
    {
        foreach (var worker in Workers)
        {
            if (!worker.IsKilled)
            {
                worker.IsKilledByCaller = true;
                Kill(worker, KillReason.None);
            }
        }
    }

    /// <summary>The ids of the processes of workers that live.</summary>
    public int[] ProcessIds()
    {
        loop.AssertHeld();
        List<int> ids = [];
        foreach (var worker in Workers)
        {
            if (worker is { Host: { } host, Phase: not WorkerPhase.Closing })
            {
                ids.Add(host.Id);
            }
        }

        return [.. ids];
    }

    public void AddHosts(List<WorkerHost> hosts)
    {
        loop.AssertHeld();
        foreach (var worker in Workers)
        {
            if (worker.Host is { } host)
            {
                hosts.Add(host);
            }
        }
    }

    [Conditional("DEBUG")]
    public void AssertInvariants()
    {
        loop.AssertHeld();
        foreach (var worker in Workers)
        {
            worker.AssertInvariants();
            Debug.Assert(worker.Number <= Started, "The numbers of workers are counted up.");
        }
    }

    private int CountOf(Func<WorkerEntry, bool> which)
    {
        var count = 0;
        foreach (var worker in Workers)
        {
            count += which(worker) ? 1 : 0;
        }

        return count;
    }

    private void KillHost(WorkerEntry worker, WorkerHost host)
    {
        if (!host.IsProcess)
        {
            // First, so that a thread that lives on starts nothing more: other workers get what it has not started.
            Return(worker.TakeBack(worker.Requests.Started));
            if (worker.IsBusy)
            {
                worker.Requests.Cancel(worker.RunningNumber);
            }
        }

        host.Kill();
    }
}

using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Everything about workers that is due by the clock: time limits of tasks, kills after a grace, age, memory and idle time, and the check of a
/// channel that may be damaged. Holds no state of its own (that of each worker is at its entry); under the loop's gate.
/// </summary>
internal sealed unsafe class WorkerLimits(
    PoolLoop loop, PendingTasks pending, WorkerFleet fleet, FleetSize size, WorkerStarter starter, PoolEvents events, ProcessPoolOptions options)
{
    /// <summary>
    /// The longest time between two steps while tasks are assigned: short tasks share a notification, and one that takes long must not delay the
    /// replies before it.
    /// </summary>
    private static readonly long MaxSleepWhileBusy = 20 * PoolTicks.Millisecond;

    /// <summary>
    /// The longest time between two steps while a worker starts: its first notification may be lost, if another worker damages the bell.
    /// </summary>
    private static readonly long MaxSleepWhileStarting = 500 * PoolTicks.Millisecond;

    /// <summary>The time between two steps while a timed task was claimed, but its start was not written yet.</summary>
    private static readonly long StartOfTimedTask = PoolTicks.Millisecond;

    /// <summary>Not at every step, as the worker changes its claim word with each task.</summary>
    private static readonly long TimeBetweenClaimChecks = PoolTicks.Millisecond;

    public void Check(long now)
    {
        loop.AssertHeld();
        for (var i = fleet.Count - 1; i >= 0; i--)
        {
            Check(fleet.Workers[i], now);
        }
    }

    private void Check(WorkerEntry worker, long now)
    {
        KillIfDamaged(worker, now);
        if (worker.IsKilled)
        {
            return;
        }

        if (worker.Phase == WorkerPhase.Starting)
        {
            loop.StepBy(now + MaxSleepWhileStarting);
        }

        if (worker.KillAt != 0 && now >= worker.KillAt)
        {
            fleet.Kill(worker, worker.Reason);
            return;
        }

        if (worker.KillAt != 0)
        {
            loop.StepBy(worker.KillAt);
        }

        if (worker.IsBusy)
        {
            loop.StepBy(now + MaxSleepWhileBusy);
            CheckTimeLimit(worker, now);
        }

        if (worker.Phase == WorkerPhase.Ready)
        {
            CheckExpiry(worker, now);
            RetireIfDue(worker, now);
        }
    }

    /// <summary>Kills a worker whose channel holds what is not valid there; the others and the pool continue.</summary>
    private void KillIfDamaged(WorkerEntry worker, long now)
    {
        if (now - worker.ClaimCheckedAt > TimeBetweenClaimChecks)
        {
            // Perhaps nothing else reads the claim word for a while.
            worker.ClaimCheckedAt = now;
            _ = worker.Requests.Started;
        }

        if (worker.Damage is not null && !worker.IsKilled)
        {
            fleet.Kill(worker, KillReason.Damaged);
        }
    }

    private void CheckTimeLimit(WorkerEntry worker, long now)
    {
        var limit = worker.Assigned.First!.Value.Batch.Settings.TimeoutTicks;
        if (limit == 0 || IsTimeLimitOff(worker))
        {
            return;
        }

        // The number before the time: a number is never seen with the time of an older task. And both before the claim, which the worker changes
        // first.
        var number = (uint)Volatile.Read(ref worker.Channel->TimedNumber);
        var begun = Volatile.Read(ref worker.Channel->TimedStart);
        var isBegun = number == worker.Replied && begun != 0;
        if (begun < 0 || begun > Stopwatch.GetTimestamp() || (isBegun && !worker.HasStartedTask))
        {
            worker.ReportDamage($"it says that it began task {number} at {begun} (it is {now}), and has claimed the first {worker.Requests.Started}");
            return;
        }

        if (!worker.HasStartedTask)
        {
            return;
        }

        if (!isBegun)
        {
            loop.StepBy(now + StartOfTimedTask);
        }
        else if (now - begun >= limit)
        {
            EndAtTimeLimit(worker, now, number);
        }
        else
        {
            loop.StepBy(begun + limit);
        }
    }

    /// <summary>
    /// A process is killed. A thread of this process cannot be: its task's token is cancelled, and after the grace the thread is abandoned.
    /// </summary>
    private void EndAtTimeLimit(WorkerEntry worker, long now, uint number)
    {
        worker.Reason = KillReason.Timeout;
        worker.KillNumber = number;
        if (!options.IsInProcess)
        {
            fleet.Kill(worker, KillReason.Timeout);
            return;
        }

        worker.Requests.Cancel(number);
        if (options.CancellationGrace != Timeout.InfiniteTimeSpan)
        {
            worker.KillAt = now + PoolTicks.Of(options.CancellationGrace);
            loop.StepBy(worker.KillAt);
        }
    }

    /// <summary>The limit has passed and the token is cancelled; or a debugger is attached, which stops the body and not the clock.</summary>
    private bool IsTimeLimitOff(WorkerEntry worker) => options.IsInProcess && (worker.Reason == KillReason.Timeout || Debugger.IsAttached);

    /// <summary>A worker that is too old or too large expires: it retires when its replacement is ready, or when no task waits.</summary>
    private void CheckExpiry(WorkerEntry worker, long now)
    {
        if (worker.IsExpiring)
        {
            return;
        }

        var isLarge = options.MaxWorkerMemory is { } memory && Volatile.Read(ref worker.Channel->WorkingSet) > memory;
        worker.IsExpiring = isLarge || (options.MaxWorkerAge is { } age && now - worker.ReadyAt >= PoolTicks.Of(age));
        if (worker.IsExpiring)
        {
            events.Replaced(worker, isLarge ? nameof(ProcessPoolOptions.MaxWorkerMemory) : nameof(ProcessPoolOptions.MaxWorkerAge));
        }

        if (worker.IsExpiring && pending.Count > 0)
        {
            starter.StartMissing();
        }
        else if (options.MaxWorkerAge is { } limit)
        {
            loop.StepBy(worker.ReadyAt + PoolTicks.Of(limit));
        }
    }

    private void RetireIfDue(WorkerEntry worker, long now)
    {
        if (worker.IsExpiring && pending.Count == 0)
        {
            fleet.Retire(worker);
            return;
        }

        if (options.IdleTimeout is not { } idle || worker.IsBusy)
        {
            return;
        }

        var due = worker.IdleSince + PoolTicks.Of(idle);
        if (now < due || pending.Count > 0)
        {
            loop.StepBy(due);
        }
        else if (fleet.Living > size.Least)
        {
            fleet.Retire(worker);
        }
    }
}

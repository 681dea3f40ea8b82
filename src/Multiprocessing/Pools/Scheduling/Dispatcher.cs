using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Decides which worker gets which task, how many tasks a worker has ahead of the one that it runs, and when they are taken back. Owns the time that
/// tasks ahead shall take. Under the loop's gate.
/// <para>
/// Invariants: a task is at each instant in exactly one place: it waits, or is assigned to one worker, or has ended; the time ahead stays between
/// <see cref="MinAhead"/> and <see cref="MaxAhead"/>.
/// </para>
/// </summary>
internal sealed class Dispatcher(
    PoolLoop loop, PendingTasks pending, WorkerFleet fleet, WorkerStarter starter, PoolEvents events, ProcessPoolOptions options)
{
    private const int MaxTasksAhead = 2048;

    /// <summary>
    /// How long the tasks take that a worker has ahead: enough to work on while a notification travels both ways; more where that takes longer, on a
    /// machine that is busy.
    /// </summary>
    private static readonly long MinAhead = 400 * PoolTicks.Microsecond;

    private static readonly long MaxAhead = 20 * PoolTicks.Millisecond;

    /// <summary>Longer tasks are assigned one by one, and no second one waits behind them.</summary>
    private static readonly long LongTask = 10 * PoolTicks.Millisecond;

    /// <summary>Less than this is not taken back from a worker that makes progress.</summary>
    private static readonly long WorthTakingBack = 100 * PoolTicks.Microsecond;

    /// <summary>A worker that has started no task for this time is stuck: all that it has not started is taken back.</summary>
    private static readonly long StuckAfter = PoolTicks.Millisecond;

    private static readonly long TimeUntilNextTakeBack = 2 * PoolTicks.Millisecond;

    private long _ahead = MinAhead;

    /// <returns><see langword="true"/> if a task was assigned or ended.</returns>
    public bool Dispatch()
    {
        loop.AssertHeld();
        LearnAhead();
        var any = DispatchPending();
        if (pending.Count == 0 && (TakeBackFromSlow() || TakeBackFromLong()))
        {
            any |= DispatchPending();
        }

        return any;
    }

    [Conditional("DEBUG")]
    public void AssertInvariants() => Debug.Assert(_ahead >= MinAhead && _ahead <= MaxAhead, "The time ahead is between its bounds.");

    private bool DispatchPending()
    {
        var any = false;
        while (pending.TryPeek(out var range))
        {
            if (range.Batch.IsCancelled(range.From))
            {
                pending.Take(range, 1);
                range.Batch.OnNotBegun(range.From);
                any = true;
                continue;
            }

            if (FindWorker(range.Batch, out var room) is not { } worker)
            {
                starter.StartMissing();
                break;
            }

            var share = Math.Max(1, (int)Math.Min(int.MaxValue, (pending.Count + (2 * fleet.Count) - 1) / (2 * fleet.Count)));
            var wanted = Math.Min(Math.Min(room, share), range.Count);
            var done = Assign(worker, range, wanted);
            any |= done > 0;
            if (done < wanted)
            {
                break; // its ring is full: there is room again when it has read, which a reply shows
            }

            if (worker.Backlog <= done)
            {
                worker.Requests.Publish(); // it had no task: it begins while the other workers get theirs
            }
        }

        foreach (var worker in fleet.Workers)
        {
            worker.Requests.Publish();
        }

        return any;
    }

    /// <summary>
    /// Workers that ran dry while tasks waited had too few tasks ahead. What is too much is taken back when the last tasks are distributed.
    /// </summary>
    private void LearnAhead()
    {
        if (pending.Count == 0)
        {
            return;
        }

        var dry = 0;
        var busy = 0;
        foreach (var worker in fleet.Workers)
        {
            if (worker.TakesTasks && worker.Requests.Next != 0)
            {
                _ = worker.Requests.Started == worker.Requests.Next ? dry++ : busy++;
            }
        }

        _ahead = dry > 0 ? Math.Min(_ahead + (_ahead / 2), MaxAhead) : busy > 0 ? Math.Max(_ahead - (_ahead / 64), MinAhead) : _ahead;
    }

    /// <summary>
    /// The worker with the fewest tasks that may have another one, and how many it may have. Behind a task that takes long none waits, whatever the
    /// tasks of its method took before.
    /// </summary>
    private WorkerEntry? FindWorker(TaskBatch batch, out int room)
    {
        var now = Stopwatch.GetTimestamp();
        var typical = batch.Pace.Typical;
        var ahead = typical == 0 || typical > LongTask ? 1 : (int)Math.Clamp(_ahead / typical, 2, MaxTasksAhead);
        WorkerEntry? best = null;
        room = 0;
        foreach (var worker in fleet.Workers)
        {
            if (!worker.TakesTasks)
            {
                continue;
            }

            var free = (IsLong(worker, now) ? 1 : ahead) - worker.Backlog;
            if (options.MaxTasksPerWorker is { } max)
            {
                free = (int)Math.Min(free, max - worker.Requests.Next);
            }

            if (free > 0 && (best is null || worker.Backlog < best.Backlog))
            {
                best = worker;
                room = free;
            }
        }

        return best;
    }

    /// <summary>Writes tasks for a worker.</summary>
    /// <returns>
    /// How many are not pending any more: assigned, or ended because they cannot be written or were cancelled. Fewer than <paramref name="count"/> if
    /// the ring is full.
    /// </returns>
    private int Assign(WorkerEntry worker, TaskRange range, int count)
    {
        var batch = range.Batch;
        var began = Stopwatch.GetTimestamp();
        if (!worker.IsBusy)
        {
            worker.Statistics.LastProgressAt = began;
        }

        var done = TaskWriter.CanWriteMany(worker, batch) && !batch.IsCancelled(range.From)
            ? AssignMany(worker, range, count)
            : AssignEach(worker, range, count);
        pending.Take(range, done);
        batch.Settings.Statistics.AddWriting(Stopwatch.GetTimestamp() - began, done);
        if (options.MaxTasksPerWorker is { } max && worker.Requests.Next >= (uint)max && worker.Phase == WorkerPhase.Ready)
        {
            worker.Phase = WorkerPhase.Retiring; // it has all the tasks that it may have: its replacement starts now
            events.Replaced(worker, nameof(ProcessPoolOptions.MaxTasksPerWorker));
            if (pending.Count > 0)
            {
                starter.StartMissing();
            }
        }

        return done;
    }

    private static int AssignMany(WorkerEntry worker, TaskRange range, int count)
    {
        var first = worker.Requests.Next;
        var done = TaskWriter.WriteMany(worker, range.Batch, range.From, count);
        worker.Assign(range.Batch, range.From, range.From + done, first);
        return done;
    }

    private static int AssignEach(WorkerEntry worker, TaskRange range, int count)
    {
        var batch = range.Batch;
        var done = 0;
        var begin = range.From;
        var first = worker.Requests.Next;
        for (var index = range.From; done < count; index++)
        {
            Exception? error = null;
            var isCancelled = batch.IsCancelled(index);
            try
            {
                if (!isCancelled && !TaskWriter.TryWrite(worker, batch, index))
                {
                    break;
                }
            }
            catch (Exception exception)
            {
                error = exception; // it cannot cross, or there is no memory for it: only this task fails
            }

            done++;
            if (!isCancelled && error is null)
            {
                continue;
            }

            worker.Assign(batch, begin, index, first);
            begin = index + 1;
            first = worker.Requests.Next;
            if (isCancelled)
            {
                batch.OnNotBegun(index);
            }
            else
            {
                batch.OnError(index, error!);
            }
        }

        worker.Assign(batch, begin, range.From + done, first);
        return done;
    }

    /// <summary>One worker has no task, and another one more than it gets done: half of what that one has not started waits again.</summary>
    private bool TakeBackFromSlow()
    {
        WorkerEntry? idle = null;
        WorkerEntry? slow = null;
        foreach (var worker in fleet.Workers)
        {
            if (worker.TakesTasks && !worker.IsBusy)
            {
                idle = worker;
            }
            else if (worker.Backlog > 1 && (slow is null || worker.Unstarted > slow.Unstarted))
            {
                slow = worker;
            }
        }

        return idle is not null && slow is not null && TakeBackFrom(slow);
    }

    /// <summary>
    /// All workers have tasks, and one of them runs a long one with others behind it: these wait again, and a worker is started for them if the pool
    /// may have one more.
    /// </summary>
    private bool TakeBackFromLong()
    {
        var any = false;
        bool? canGrow = null; // asked once, and only if there is such a worker: the answer counts all workers
        var now = Stopwatch.GetTimestamp();
        foreach (var worker in fleet.Workers)
        {
            if (worker.Backlog < 2)
            {
                continue;
            }

            canGrow ??= starter.CanGrow;
            if (!canGrow.Value)
            {
                return false;
            }

            if (IsLong(worker, now))
            {
                any |= TakeBack(worker, worker.Requests.Started, 0);
            }
            else
            {
                loop.StepBy(worker.Statistics.LastProgressAt + LongTask + 1);
            }
        }

        return any;
    }

    private static bool IsLong(WorkerEntry worker, long now) => worker.IsBusy && now - worker.Statistics.LastProgressAt > LongTask;

    private bool TakeBackFrom(WorkerEntry slow)
    {
        var now = Stopwatch.GetTimestamp();
        var typical = slow.Assigned.Last is { } last ? last.Value.Batch.Pace.Typical : 0;
        var started = slow.Requests.Started; // read once: the worker starts tasks meanwhile, and both numbers must be of one moment
        var unstarted = (int)(slow.Requests.Next - started);
        var isStuck = slow.LastProgress.Started == started && now - slow.LastProgress.At > StuckAfter;
        if (slow.LastProgress.Started != started)
        {
            slow.LastProgress = (started, now);
        }

        if (unstarted * typical < WorthTakingBack && typical != 0 && !isStuck)
        {
            loop.StepBy(now + TimeUntilNextTakeBack);
            return false;
        }

        return TakeBack(slow, started, isStuck ? 0 : unstarted / 2);
    }

    /// <summary>
    /// Takes back what a worker has not started, except for the first ones. A worker that has started no task yet keeps at least one: it is about to,
    /// and tasks must not move to and fro between two workers that both are.
    /// </summary>
    private bool TakeBack(WorkerEntry worker, uint started, int keep)
    {
        var taken = worker.TakeBack(started + (uint)Math.Max(keep, started == worker.Replied ? 1 : 0));
        fleet.Return(taken);
        return taken.Count > 0;
    }
}

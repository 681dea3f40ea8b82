using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Counts how a pool spends its time. Owns the counts of the whole pool and of the last workers that have ended; the counts of a living worker are in
/// its entry, those of tasks in <see cref="Tasks"/>. Costs two timestamps a task, and of very short tasks only for every eighth. Under the loop's
/// gate, except <see cref="Tasks"/>.
/// </summary>
internal sealed unsafe class PoolStatistics(string pool, PoolLoop loop)
{
    private const int MaxEnded = 32;

    private readonly long _createdAt = Stopwatch.GetTimestamp();
    private readonly TimeHistogram _startUp = new();
    private readonly Queue<WorkerInsights> _ended = new();
    private int _workersEnded;
    private int _workersDied;
    private long _endedTicks;
    private long _endedWork;
    private long _endedSerializing;

    /// <summary>What is counted for each name of tasks. Thread-safe.</summary>
    public TaskStatisticsTable Tasks { get; } = new();

    /// <summary>A worker is ready for its first task.</summary>
    public void OnReady(WorkerEntry worker)
    {
        loop.AssertHeld();
        _startUp.Add(worker.ReadyAt - worker.Statistics.LaunchedAt, 1);
    }

    /// <summary>A reply was read, and the task that it is for has ended.</summary>
    public static void OnReply(WorkerEntry worker, TaskBatch batch, TaskTimes* times, long readingTicks)
    {
        var ofWorker = worker.Statistics;
        ofWorker.Tasks++;
        if (times is null)
        {
            ofWorker.Unmeasured++;
            return;
        }

        // It stands for those before it that were not measured.
        var weight = ofWorker.Unmeasured + 1;
        ofWorker.Unmeasured = 0;
        var serializing = (long)times->Read + times->Write;
        ofWorker.WorkTicks += times->Work * weight;
        ofWorker.SerializingTicks += serializing * weight;
        var ofTask = batch.Settings.Statistics;
        ofTask.Waiting.Add(times->Begun - batch.SubmittedAt, weight);
        ofTask.Serializing.Add(serializing + ofTask.MeanWritingTicks + readingTicks, weight);
        ofTask.Working.Add(times->Work, weight);
        if (PoolMetrics.IsEnabled)
        {
            PoolMetrics.Record(batch.Settings.Pool.Name, ofTask.Name, times->Begun - batch.SubmittedAt, times->Work);
        }
    }

    public void OnEnded(WorkerEntry worker, ExitStatus status, bool died)
    {
        loop.AssertHeld();
        var now = Stopwatch.GetTimestamp();
        _ended.Enqueue(InsightsOf(worker, now, status, died));
        if (_ended.Count > MaxEnded)
        {
            _ended.Dequeue();
        }

        _ = died ? _workersDied++ : _workersEnded++;
        _endedTicks += worker.ReadyAt == 0 ? 0 : now - worker.ReadyAt;
        _endedWork += worker.Statistics.WorkTicks;
        _endedSerializing += worker.Statistics.SerializingTicks;
    }

    /// <summary>How many workers have died. Also read without the gate.</summary>
    public int WorkersDied => Volatile.Read(ref _workersDied);

    /// <summary>From any thread, without the gate, which it takes after the names of tasks were made.</summary>
    public (IReadOnlyList<WorkerInsights> Living, int Died) LivingWorkers(WorkerFleet fleet)
    {
        _ = Tasks.All();
        using (loop.Enter())
        {
            var now = Stopwatch.GetTimestamp();
            var living = new WorkerInsights[fleet.Count];
            for (var i = 0; i < living.Length; i++)
            {
                living[i] = InsightsOf(fleet.Workers[i], now, null);
            }

            return (living, _workersDied);
        }
    }

    /// <summary>From any thread, without the gate, which it takes after the names of tasks were made.</summary>
    public PoolInsights ToInsights(WorkerFleet fleet, PendingTasks pending, int maxWorkers)
    {
        var tasks = Tasks.All();
        using (loop.Enter())
        {
            var now = Stopwatch.GetTimestamp();
            List<WorkerInsights> living = [];
            var waiting = pending.Count;
            foreach (var worker in fleet.Workers)
            {
                living.Add(InsightsOf(worker, now, null));
                waiting += worker.Unstarted;
            }

            return new PoolInsights
            {
                Name = pool,
                Elapsed = TimeDistribution.TimeOf(now - _createdAt),
                MaxWorkers = maxWorkers,
                Workers = [.. _ended.Concat(living).OrderBy(static worker => worker.Number)],
                Tasks = [.. tasks.Select(static task => task.ToInsights())
                    .OrderByDescending(static task => task.WorkingTime.Total + task.SerializingTime.Total)],
                WaitingTasks = waiting,
                WorkersStarted = fleet.Started,
                WorkersEnded = _workersEnded,
                WorkersDied = _workersDied,
                StartUpTime = _startUp.ToDistribution(),
                WorkerTime = TimeDistribution.TimeOf(_endedTicks) + Sum(living, static worker => worker.Lifetime),
                WorkingTime = TimeDistribution.TimeOf(_endedWork) + Sum(living, static worker => worker.WorkingTime),
                SerializingTime = TimeDistribution.TimeOf(_endedSerializing) + Sum(living, static worker => worker.SerializingTime),
            };
        }
    }

    /// <summary>From any thread, without the gate.</summary>
    public PoolFigures ToFigures(WorkerFleet fleet, PendingTasks pending)
    {
        var tasks = Tasks.Used();
        using (loop.Enter())
        {
            var workers = new int[(int)WorkerActivity.Ended];
            var waiting = pending.Count;
            foreach (var worker in fleet.Workers)
            {
                workers[(int)ActivityOf(worker)]++;
                waiting += worker.Unstarted;
            }

            return new PoolFigures(pool, fleet.Started, _workersDied, waiting, workers, [.. tasks.Select(TaskFigures.Of)]);
        }
    }

    private static WorkerActivity ActivityOf(WorkerEntry worker) => worker.Phase switch
    {
        WorkerPhase.Starting => WorkerActivity.Starting,
        WorkerPhase.Closing => WorkerActivity.Ending,
        _ => worker.IsBusy ? WorkerActivity.Busy : WorkerActivity.Idle,
    };

    private static TimeSpan Sum(List<WorkerInsights> workers, Func<WorkerInsights, TimeSpan> time) =>
        workers.Aggregate(TimeSpan.Zero, (sum, worker) => sum + time(worker));

    private static WorkerInsights InsightsOf(WorkerEntry worker, long now, ExitStatus? ended, bool died = false)
    {
        var runningTask = worker.RunningTask;
        var statistics = worker.Statistics;
        return new WorkerInsights
        {
            Number = worker.Number,
            ProcessId = worker.Host?.Id,
            Activity = ended is not null ? died ? WorkerActivity.Died : WorkerActivity.Ended : ActivityOf(worker),
            ExitStatus = ended,
            CurrentTask = ended is null ? runningTask : null,
            CurrentTaskTime = ended is null && runningTask is not null ? TimeDistribution.TimeOf(now - statistics.LastProgressAt) : null,
            TasksCompleted = statistics.Tasks,
            StartUpTime = worker.ReadyAt == 0 ? null : TimeDistribution.TimeOf(worker.ReadyAt - statistics.LaunchedAt),
            Lifetime = worker.ReadyAt == 0 ? TimeSpan.Zero : TimeDistribution.TimeOf(now - worker.ReadyAt),
            WorkingTime = TimeDistribution.TimeOf(statistics.WorkTicks + (runningTask is null ? 0 : now - statistics.LastProgressAt)),
            SerializingTime = TimeDistribution.TimeOf(statistics.SerializingTicks),
            ArgumentBytes = statistics.ArgumentBytes,
            ResultBytes = statistics.ResultBytes,
        };
    }
}

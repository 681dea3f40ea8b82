using System.Diagnostics;

namespace Multiprocessing;

/// <summary>What the pool keeps of where its time went. Costs two timestamps a task, and of very short tasks only for every eighth.</summary>
internal sealed unsafe partial class PoolCore
{
    private const int MostGone = 32;

    private readonly long _createdAt = Stopwatch.GetTimestamp();
    private readonly TimeHistogram _startUp = new();
    private readonly Queue<WorkerInsights> _gone = new();
    private int _endedWorkers;
    private int _diedWorkers;
    private long _goneTicks;
    private long _goneWork;
    private long _goneSerializing;

    /// <summary>What is counted for each name of tasks.</summary>
    public TaskStatisticsTable Records { get; } = new();

    /// <summary>What has been seen until now.</summary>
    public PoolInsights Insights()
    {
        var records = Records.All();
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            var living = _members.ConvertAll(member => InsightsOf(member, now, null));
            return new PoolInsights
            {
                Name = Name,
                Elapsed = TimeDistribution.TimeOf(now - _createdAt),
                MaxWorkers = _workers,
                Workers = [.. _gone.Concat(living).OrderBy(static worker => worker.Number)],
                Tasks = [.. records.Select(static record => record.ToInsights()).OrderByDescending(static task => task.WorkingTime.Total + task.SerializingTime.Total)],
                WaitingTasks = _pending.Count + _members.Sum(static member => (long)member.Unstarted),
                WorkersStarted = _lastMember,
                WorkersEnded = _endedWorkers,
                WorkersDied = _diedWorkers,
                StartUpTime = _startUp.ToDistribution(),
                WorkerTime = TimeDistribution.TimeOf(_goneTicks) + Sum(living, static worker => worker.Lifetime),
                WorkingTime = TimeDistribution.TimeOf(_goneWork) + Sum(living, static worker => worker.WorkingTime),
                SerializingTime = TimeDistribution.TimeOf(_goneSerializing) + Sum(living, static worker => worker.SerializingTime),
            };
        }
    }

    private static TimeSpan Sum(List<WorkerInsights> workers, Func<WorkerInsights, TimeSpan> time) =>
        workers.Aggregate(TimeSpan.Zero, (sum, worker) => sum + time(worker));

    private static WorkerInsights InsightsOf(WorkerEntry member, long now, ExitStatus? ended, bool died = false)
    {
        var running = member.Requests.Started != member.Replied ? member.Assigned.First : null;
        var seen = member.Statistics;
        return new WorkerInsights
        {
            Number = member.Number,
            ProcessId = member.Process?.Id,
            Activity = ended is not null ? died ? WorkerActivity.Died : WorkerActivity.Ended : member.Phase switch
            {
                WorkerPhase.Starting => WorkerActivity.Starting,
                WorkerPhase.Closing => WorkerActivity.Ending,
                _ => member.IsBusy ? WorkerActivity.Busy : WorkerActivity.Idle,
            },
            ExitStatus = ended,
            CurrentTask = ended is null && running is not null ? running.Value.Batch.NameOf(running.Value.IndexOf(member.Replied)) : null,
            TasksCompleted = seen.Tasks,
            StartUpTime = member.ReadyAt == 0 ? null : TimeDistribution.TimeOf(member.ReadyAt - seen.LaunchedAt),
            Lifetime = member.ReadyAt == 0 ? TimeSpan.Zero : TimeDistribution.TimeOf(now - member.ReadyAt),
            WorkingTime = TimeDistribution.TimeOf(seen.WorkTicks + (running is null ? 0 : now - seen.NewsAt)),
            SerializingTime = TimeDistribution.TimeOf(seen.SerializingTicks),
            ArgumentBytes = seen.ArgumentBytes,
            ResultBytes = seen.ResultBytes,
        };
    }

    private void NoteStarted(TaskBatch batch)
    {
        var record = batch.Settings.Statistics;
        record.Submitted += batch.Count;
        record.Alone += batch.Settings.Body is null ? batch.Count : 0;
        record.AddWriting(batch.WritingTicks, 0);
    }

    /// <summary>A reply has come, and what it stands for has ended.</summary>
    private static void NoteReply(WorkerEntry member, TaskBatch batch, TaskTimes* times, long readingTicks)
    {
        var seen = member.Statistics;
        seen.Tasks++;
        if (times is null)
        {
            seen.Unmeasured++;
            return;
        }

        // It speaks for those before it that were not measured.
        var weight = seen.Unmeasured + 1;
        seen.Unmeasured = 0;
        var serializing = (long)times->Read + times->Write;
        seen.WorkTicks += times->Work * weight;
        seen.SerializingTicks += serializing * weight;
        var record = batch.Settings.Statistics;
        record.Waiting.Add(times->Begun - batch.SubmittedAt, weight);
        record.Serializing.Add(serializing + record.MeanWritingTicks + readingTicks, weight);
        record.Working.Add(times->Work, weight);
    }

    private void NoteGone(WorkerEntry member, ExitStatus status, bool died)
    {
        var now = Stopwatch.GetTimestamp();
        var last = InsightsOf(member, now, status, died);
        _gone.Enqueue(last);
        if (_gone.Count > MostGone)
        {
            _gone.Dequeue();
        }

        _ = died ? _diedWorkers++ : _endedWorkers++;
        _goneTicks += member.ReadyAt == 0 ? 0 : now - member.ReadyAt;
        _goneWork += member.Statistics.WorkTicks;
        _goneSerializing += member.Statistics.SerializingTicks;
    }
}

/// <summary>What the pool has seen of one worker; times in ticks of the stopwatch.</summary>
internal sealed class WorkerStatistics
{
    public long LaunchedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>When it was heard of last, or was handed a task when it had none.</summary>
    public long NewsAt { get; set; }

    public long Tasks { get; set; }

    /// <summary>Replies since the last one that was measured.</summary>
    public long Unmeasured { get; set; }

    public long WorkTicks { get; set; }

    public long SerializingTicks { get; set; }

    public long ArgumentBytes { get; set; }

    public long ResultBytes { get; set; }
}

using System.Diagnostics;

namespace Multiprocessing;

/// <summary>What a caller counts of its tasks, by name. Thread-safe.</summary>
internal sealed class ClusterStatistics
{
    private const int MaxNames = 256;
    private const string OtherNames = "(other names)";
    private static readonly double StopwatchTicks = (double)Stopwatch.Frequency / TimeSpan.TicksPerSecond;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Counts> _names = [];
    private readonly long _began = Stopwatch.GetTimestamp();

    private sealed class Counts
    {
        public long Submitted { get; set; }

        public long Succeeded { get; set; }

        public long Failed { get; set; }

        public long Cancelled { get; set; }

        public long Retries { get; set; }

        public long Deaths { get; set; }

        public long TimedOut { get; set; }

        public long ArgumentBytes { get; set; }

        public TimeHistogram Waiting { get; } = new();

        public TimeHistogram Working { get; } = new();
    }

    /// <summary>Gets the number of replies that were dropped, because the task had been given to another node or was over.</summary>
    public long LateReplies { get; private set; }

    /// <summary>Gets the number of tasks that have ended, in whatever way.</summary>
    public long EndedTasks
    {
        get
        {
            lock (_gate)
            {
                return _names.Values.Sum(static counts => counts.Succeeded + counts.Failed + counts.Cancelled);
            }
        }
    }

    /// <summary>Gets the number of times that a task ended with its worker or its node: those that failed, and those that started again.</summary>
    public int LostWorkers
    {
        get
        {
            lock (_gate)
            {
                return (int)_names.Values.Sum(static counts => counts.Deaths + counts.Retries);
            }
        }
    }

    public void Submitted(ClusterTask task)
    {
        lock (_gate)
        {
            var counts = Of(task);
            counts.Submitted++;
            counts.ArgumentBytes += task.Call.Length;
        }
    }

    public void Retried(ClusterTask task)
    {
        lock (_gate)
        {
            Of(task).Retries++;
        }
    }

    public void Late()
    {
        lock (_gate)
        {
            LateReplies++;
        }
    }

    /// <summary>A task is over.</summary>
    /// <param name="task">The task.</param>
    /// <param name="error">Its error, or <see langword="null"/>.</param>
    /// <param name="ticks">The time that it took on its node, in ticks of 100 ns; 0 if no node has replied.</param>
    public void Ended(ClusterTask task, Exception? error, long ticks)
    {
        lock (_gate)
        {
            var counts = Of(task);
            switch (error)
            {
                case null:
                    counts.Succeeded++;
                    break;
                case OperationCanceledException when task.CancellationToken.IsCancellationRequested:
                    counts.Cancelled++;
                    break;
                default:
                    counts.Failed++;
                    counts.TimedOut += error is TimeoutException ? 1 : 0;
                    counts.Deaths += error is WorkerDiedException or NodeLostException ? 1 : 0;
                    break;
            }

            if (ticks > 0)
            {
                var working = (long)(ticks * StopwatchTicks);
                counts.Working.Add(working, 1);
                counts.Waiting.Add(Math.Max(0, Stopwatch.GetTimestamp() - task.Submitted - working), 1);
            }
        }
    }

    public PoolInsights ToInsights(string name, int workers, int waiting)
    {
        lock (_gate)
        {
            var empty = new TimeHistogram().ToDistribution();
            return new PoolInsights
            {
                Name = name,
                Elapsed = Stopwatch.GetElapsedTime(_began),
                MaxWorkers = workers,
                Workers = [],
                Tasks =
                [
                    .. _names.OrderByDescending(static pair => pair.Value.Working.Total).Select(pair => ToInsights(pair.Key, pair.Value, empty)),
                ],
                WaitingTasks = waiting,
                WorkersStarted = 0,
                WorkersEnded = 0,
                WorkersDied = 0,
                StartUpTime = empty,
                WorkerTime = TimeSpan.Zero,
                WorkingTime = TimeDistribution.TimeOf(_names.Values.Sum(static counts => counts.Working.Total)),
                SerializingTime = TimeSpan.Zero,
            };
        }
    }

    private static TaskInsights ToInsights(string name, Counts counts, TimeDistribution empty) => new()
    {
        Name = name,
        Submitted = counts.Submitted,
        Succeeded = counts.Succeeded,
        Failed = counts.Failed,
        Canceled = counts.Cancelled,
        Retries = counts.Retries,
        WorkerDeaths = counts.Deaths,
        TimedOut = counts.TimedOut,
        ArgumentBytes = counts.ArgumentBytes,
        ResultBytes = 0,
        WaitingTime = counts.Waiting.ToDistribution(),
        SerializingTime = empty,
        WorkingTime = counts.Working.ToDistribution(),
    };

    private Counts Of(ClusterTask task)
    {
        var name = _names.Count < MaxNames || _names.ContainsKey(task.Name) ? task.Name : OtherNames;
        if (!_names.TryGetValue(name, out var counts))
        {
            _names.Add(name, counts = new Counts());
        }

        return counts;
    }
}

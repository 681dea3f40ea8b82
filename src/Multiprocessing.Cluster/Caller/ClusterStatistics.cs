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
    private int _workers;
    private int _workersDied;
    private long _workerTicks;
    private long _countedUntil;
    private bool _isClosed;

    private sealed class Counts
    {
        public long Submitted { get; set; }

        public long Succeeded { get; set; }

        public long Failed { get; set; }

        public long Cancelled { get; set; }

        public long Retries { get; set; }

        /// <summary>Starts that ended with their worker or their node.</summary>
        public long Deaths { get; set; }

        public long TimedOut { get; set; }

        public long ArgumentBytes { get; set; }

        public long ResultBytes { get; set; }

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

    /// <summary>Gets the number of workers that died with a task of this caller, or were killed for its time limit.</summary>
    public int WorkersDied
    {
        get
        {
            lock (_gate)
            {
                return _workersDied;
            }
        }
    }

    /// <summary>A node has joined.</summary>
    public void Joined(int workers)
    {
        lock (_gate)
        {
            CountWorkers(workers);
        }
    }

    /// <summary>A node has left, or was lost.</summary>
    /// <param name="workers">The number of its workers.</param>
    /// <param name="tasks">The number of tasks that it had, which may be more: short ones wait there for a worker.</param>
    public void Left(int workers, int tasks)
    {
        lock (_gate)
        {
            CountWorkers(-workers);
            _workersDied += Math.Min(workers, tasks);
        }
    }

    /// <summary>The pool has ended: the workers of the nodes are not there for it any more.</summary>
    public void Closed()
    {
        lock (_gate)
        {
            CountWorkers(-_workers);
            _isClosed = true;
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

    /// <summary>The node of a task, which may have been started there, was lost.</summary>
    public void LostWithNode(ClusterTask task)
    {
        lock (_gate)
        {
            Of(task).Deaths++;
        }
    }

    /// <summary>The worker of a task died.</summary>
    public void LostWithWorker(ClusterTask task)
    {
        lock (_gate)
        {
            Of(task).Deaths++;
            _workersDied++;
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
    /// <param name="reply">The reply of its node, or <see langword="null"/> if none has replied.</param>
    public void Ended(ClusterTask task, Exception? error, TaskReply? reply = null)
    {
        lock (_gate)
        {
            var counts = Of(task);
            counts.ResultBytes += reply?.Content.Length ?? 0;
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
                    if (error is TimeoutException && reply is { Outcome: ReplyOutcome.Failed })
                    {
                        // The node's pool has said so, and not the body: the worker was killed.
                        counts.TimedOut++;
                        _workersDied++;
                    }

                    break;
            }

            if (reply is { Ticks: > 0 and var ticks })
            {
                var working = (long)(ticks * StopwatchTicks);
                counts.Working.Add(working, 1);
                counts.Waiting.Add(Math.Max(0, Stopwatch.GetTimestamp() - task.Submitted - working), 1);
            }
        }
    }

    public PoolInsights ToInsights(string name, int nodes, int workers, int waiting)
    {
        lock (_gate)
        {
            CountWorkers(0);
            var empty = new TimeHistogram().ToDistribution();
            return new PoolInsights
            {
                Name = name,
                Elapsed = Stopwatch.GetElapsedTime(_began),
                Nodes = nodes,
                MaxWorkers = workers,
                Workers = [],
                Tasks =
                [
                    .. _names.OrderByDescending(static pair => pair.Value.Working.Total).Select(pair => ToInsights(pair.Key, pair.Value, empty)),
                ],
                WaitingTasks = waiting,
                WorkersStarted = 0,
                WorkersEnded = 0,
                WorkersDied = _workersDied,
                StartUpTime = empty,
                WorkerTime = TimeDistribution.TimeOf(_workerTicks),
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
        ResultBytes = counts.ResultBytes,
        WaitingTime = counts.Waiting.ToDistribution(),
        SerializingTime = empty,
        WorkingTime = counts.Working.ToDistribution(),
    };

    /// <summary>Adds the time of the workers until now, and changes their number.</summary>
    private void CountWorkers(int change)
    {
        var now = Stopwatch.GetTimestamp();
        _workerTicks += _workers * (now - _countedUntil);
        _countedUntil = now;
        _workers = _isClosed ? 0 : _workers + change;
    }

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

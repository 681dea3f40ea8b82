namespace Multiprocessing;

/// <summary>
/// What is known of a program's last minutes. All lists are bounded. The recorder calls it under its lock.
/// </summary>
internal sealed class ProgramHistory(int maxPoints, int maxTasks, bool wholeRun)
{
    public const int MaxEvents = 300;

    private readonly PointMaker _maker = new();
    private readonly ClusterPointMaker _clusterMaker = new();
    private readonly EventFinder _finder = new();
    private readonly ObservationFinder _observer = new();
    private readonly ClusterObservationFinder _clusterObserver = new();
    private readonly Queue<HistoryEvent> _events = new();

    public PointRing Points { get; } = new(maxPoints, wholeRun);

    public TaskHistory Tasks { get; } = new(maxTasks);

    public Names Names { get; } = new();

    public IEnumerable<HistoryEvent> Events => _events;

    public IReadOnlyList<Observation> Observations { get; private set; } = [];

    public ProgramSnapshot? Latest { get; private set; }

    /// <summary>What is known of the cluster, or <see langword="null"/> if none is read.</summary>
    public ClusterReading? Cluster { get; private set; }

    public int MaxPoints => maxPoints;

    public int MaxTasks => maxTasks;

    /// <summary>Number of the newest sample.</summary>
    public long Sequence { get; private set; }

    public HistorySample Add(ProgramSnapshot snapshot, IReadOnlyList<TaskRecord> tasks, long missed, ClusterReading? cluster = null)
    {
        var missedBefore = Tasks.Missed;
        var point = _clusterMaker.Add(_maker.Make(snapshot), cluster?.Snapshot);
        Points.Add(point);
        var kept = Tasks.Add(tasks, missed);
        var names = Names.Add(snapshot, cluster?.Snapshot);
        var events = _finder.Find(snapshot, kept, cluster?.Snapshot);
        foreach (var item in events)
        {
            _events.Enqueue(item);
            if (_events.Count > MaxEvents)
            {
                _events.Dequeue();
            }
        }

        Observations = [.. _clusterObserver.Find(cluster).Concat(_observer.Find(snapshot, point, Tasks))
            .OrderByDescending(static observation => observation.Severity)];
        Latest = Remember(snapshot);
        Cluster = cluster;
        return new(++Sequence, Latest, Cluster, point, names, kept, Tasks.Missed - missedBefore, events, Observations);
    }

    /// <summary>
    /// A pool that was disposed is missing in the next snapshot, but what it did is what a report is read for: the newest picture of each pool stays,
    /// in a record of the whole run to its end, otherwise for as long as the charts show the pool.
    /// </summary>
    private ProgramSnapshot Remember(ProgramSnapshot snapshot)
    {
        if (Latest is null)
        {
            return snapshot;
        }

        var present = snapshot.Pools.Select(pool => pool.Id).ToHashSet();
        var ended = Latest.Pools.Where(pool => !present.Contains(pool.Id) && (wholeRun || IsShown(pool.Id))).Select(pool => pool with
        {
            Pending = 0,
            Running = 0,
            Workers = []
        }).ToList();
        return ended.Count == 0 ? snapshot : snapshot with { Pools = [.. ended.Concat(snapshot.Pools).TakeLast(HistoryPoint.MaxPools)] };
    }

    private bool IsShown(string id) => Points.Points.Any(point => point.Pools.Any(pool => pool.Id == id));
}

/// <summary>What one sample adds to the history.</summary>
internal sealed record HistorySample(
    long Sequence,
    ProgramSnapshot Snapshot,
    ClusterReading? Cluster,
    HistoryPoint Point,
    Names Names,
    IReadOnlyList<TaskRecord> Tasks,
    long MissedTasks,
    IReadOnlyList<HistoryEvent> Events,
    IReadOnlyList<Observation> Observations);

namespace Multiprocessing.Tool.Top;

/// <summary>Changes between two snapshots for each second. Null for what the first one does not have.</summary>
internal sealed class Rates
{
    private readonly double _seconds;
    private readonly Dictionary<(int Id, DateTimeOffset Start), TimeSpan> _processors = [];
    private readonly Dictionary<string, QueueSnapshot> _queues = [];
    private readonly Dictionary<string, long> _contentions = [];
    private readonly Dictionary<string, long> _pools = [];

    public Rates(ProgramSnapshot? last, ProgramSnapshot now)
    {
        _seconds = last is null ? 1 : (now.Time - last.Time).TotalSeconds;
        if (last is null)
        {
            return;
        }

        foreach (var process in last.Processes)
        {
            _processors[(process.Id, process.StartTime)] = process.CpuTime;
        }

        foreach (var queue in last.Queues)
        {
            _queues[queue.Id] = queue;
        }

        foreach (var held in last.Locks)
        {
            _contentions[held.Id] = held.ContentionCount;
        }

        foreach (var pool in last.Pools)
        {
            _pools[pool.Id] = Done(pool);
        }
    }

    /// <summary>Returns the number of processors that the process used.</summary>
    public double? OfProcess(ProcessSnapshot process) =>
        _processors.TryGetValue((process.Id, process.StartTime), out var before)
            ? Math.Max(0, (process.CpuTime - before).TotalSeconds / _seconds)
            : null;

    public (double? Puts, double? Gets) OfQueue(QueueSnapshot queue) => _queues.TryGetValue(queue.Id, out var before)
        ? (Rate(before.PutCount, queue.PutCount), Rate(before.GetCount, queue.GetCount))
        : (null, null);

    public double? OfPool(PoolSnapshot pool) => _pools.TryGetValue(pool.Id, out var before) ? Rate(before, Done(pool)) : null;

    /// <summary>Returns how often a call had to wait for the lock.</summary>
    public double? OfLock(LockSnapshot held) =>
        _contentions.TryGetValue(held.Id, out var before) ? Rate(before, held.ContentionCount) : null;

    private static long Done(PoolSnapshot pool) => pool.Succeeded + pool.Failed + pool.Canceled + pool.TimedOut;

    private double Rate(long before, long now) => Math.Max(0, (now - before) / _seconds);
}

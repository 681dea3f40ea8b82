namespace Multiprocessing;

/// <summary>Makes the figures of a sample from a snapshot and the one before it. Used by one thread at a time.</summary>
internal sealed class PointMaker
{
    private ProgramSnapshot? _before;

    public HistoryPoint Make(ProgramSnapshot now)
    {
        var before = _before;
        _before = now;
        var seconds = before is null ? 0 : (now.Time - before.Time).TotalSeconds;
        var processes = Processes(now, before, seconds);
        return new()
        {
            Time = now.Time,
            Cpu = before is null ? double.NaN : processes.Sum(process => double.IsNaN(process.Cpu) ? 0 : process.Cpu),
            Memory = now.Processes.Sum(process => process.WorkingSetBytes),
            Processes = Bounded(processes, HistoryPoint.MaxProcesses, process => double.IsNaN(process.Cpu) ? 0 : process.Cpu),
            Queues = Bounded(Queues(now, before, seconds), HistoryPoint.MaxQueues, queue => queue.Count),
            Pools = Bounded(Pools(now, before, seconds), HistoryPoint.MaxPools, pool => pool.Pending + pool.Running),
        };
    }

    private static List<ProcessFigures> Processes(ProgramSnapshot now, ProgramSnapshot? before, double seconds)
    {
        // The start time is a part of the key: the system may give an ended process's id to a new one.
        var earlier = before?.Processes.GroupBy(Key).ToDictionary(group => group.Key, group => group.First().CpuTime) ?? [];
        return [.. now.Processes.DistinctBy(process => process.Id).Select(process =>
        {
            // A process that is new since the last sample has spent all its time since then.
            var spent = process.CpuTime - earlier.GetValueOrDefault(Key(process));
            return new ProcessFigures(process.Id, Rate(spent.TotalSeconds, seconds), process.WorkingSetBytes);
        })];

        static (int, DateTimeOffset) Key(ProcessSnapshot process) => (process.Id, process.StartTime);
    }

    private static List<QueueFigures> Queues(ProgramSnapshot now, ProgramSnapshot? before, double seconds)
    {
        var earlier = before?.Queues.GroupBy(queue => queue.Id).ToDictionary(group => group.Key, group => group.First()) ?? [];
        return [.. now.Queues.DistinctBy(queue => queue.Id).Select(queue => earlier.TryGetValue(queue.Id, out var old)
            ? new QueueFigures(queue.Id, queue.Count, Rate(queue.PutCount - old.PutCount, seconds), Rate(queue.GetCount - old.GetCount, seconds))
            : new QueueFigures(queue.Id, queue.Count, double.NaN, double.NaN))];
    }

    private static List<PoolFigures> Pools(ProgramSnapshot now, ProgramSnapshot? before, double seconds)
    {
        var earlier = before?.Pools.GroupBy(pool => pool.Id).ToDictionary(group => group.Key, group => group.First()) ?? [];
        return [.. now.Pools.DistinctBy(pool => pool.Id).Select(pool => earlier.TryGetValue(pool.Id, out var old)
            ? new PoolFigures(
                pool.Id, Rate(pool.Succeeded - old.Succeeded, seconds), Rate(pool.Failed - old.Failed, seconds), pool.Pending, pool.Running)
            : new PoolFigures(pool.Id, double.NaN, double.NaN, pool.Pending, pool.Running))];
    }

    /// <summary>Of two pictures; one alone gives no rate. A counter never decreases; a torn or a stale picture may show less than the one before
    /// it, and that is no rate.</summary>
    private static double Rate(double difference, double seconds) => seconds <= 0.001 ? double.NaN : Math.Max(0, difference / seconds);

    private static List<T> Bounded<T>(List<T> figures, int most, Func<T, double> weight) =>
        figures.Count <= most ? figures : [.. figures.OrderByDescending(weight).Take(most)];
}

namespace Multiprocessing;

/// <summary>
/// Draws conclusions from a pool's statistics, in words. Every threshold is a share or a multiple, so that it holds for short and for long tasks.
/// </summary>
internal static class InsightsConclusions
{
    private const int EnoughTasks = 20;
    private static readonly TimeSpan EnoughTime = TimeSpan.FromMilliseconds(100);

    public static IReadOnlyList<string> Of(PoolInsights pool)
    {
        List<string> conclusions = [];
        foreach (var task in pool.Tasks)
        {
            conclusions.AddRange(
                new[] { Serializing(task), Deaths(task, pool.Nodes is not null), Failures(task), TimeLimit(task), TooShort(task), LongTail(task) }
                .OfType<string>());
        }

        conclusions.AddRange(new[] { StartUp(pool), TooFewWorkers(pool), TooFewNodes(pool), TooManyWorkers(pool) }.OfType<string>());
        return conclusions;
    }

    private static string? Serializing(TaskInsights task)
    {
        var both = task.SerializingTime.Total + task.WorkingTime.Total;
        var bytes = (double)(task.ArgumentBytes + task.ResultBytes) / Math.Max(1, task.Succeeded + task.Failed);
        if (both < EnoughTime || task.SerializingTime.Total < both * 0.3 || bytes < 1024)
        {
            return null;
        }

        var wayOut = bytes >= 64 << 10
            ? "pass large arrays as a SharedArray, which crosses in constant time"
            : "let each task do more with its argument, or pass less";
        return $"{InsightsText.Share(task.SerializingTime.Total / both)} of the time of '{task.Name}' was spent on serializing "
            + $"({InsightsText.Bytes(bytes)} a task): {wayOut}.";
    }

    private static string? Deaths(TaskInsights task, bool isOfCluster) => task.WorkerDeaths == 0
        ? null
        : $"{Lost(task.WorkerDeaths, isOfCluster)} '{task.Name}'"
            + (task.Retries == 1 ? "; 1 retry." : task.Retries > 0 ? $"; {InsightsText.Number(task.Retries)} retries."
                : ": MaxAttempts allows retries of such tasks.");

    /// <summary>Of a cluster it is not said that the tasks ran: what a lost node had may not have begun.</summary>
    private static string Lost(long count, bool isOfCluster) => (isOfCluster, count) switch
    {
        (false, 1) => "A worker died while it ran",
        (false, _) => $"{InsightsText.Number(count)} workers died while they ran",
        (true, 1) => "A worker or a node was lost with",
        (true, _) => $"{InsightsText.Number(count)} times a worker or a node was lost with",
    };

    private static string? Failures(TaskInsights task)
    {
        var ended = task.Succeeded + task.Failed;
        var thrown = task.Failed - task.TimedOut;
        return ended >= EnoughTasks && thrown > ended * 0.05 ? $"{InsightsText.Share((double)thrown / ended)} of '{task.Name}' failed." : null;
    }

    private static string? TimeLimit(TaskInsights task) => task.TimedOut == 0
        ? null
        : $"{InsightsText.Number(task.TimedOut)} of '{task.Name}' did not end within their time limit; each cost a worker.";

    private static string? TooShort(TaskInsights task)
    {
        var own = task.WorkingTime.Mean + task.SerializingTime.Mean;
        return task.TravelsAlone && task.WorkingTime.Count >= 1000 && own < TimeSpan.FromMicroseconds(5)
            ? $"'{task.Name}' takes {InsightsText.Time(own)}, less than the transport to the worker and back: "
                + "MapAsync and StreamAsync transport such tasks in bulk."
            : null;
    }

    private static string? LongTail(TaskInsights task)
    {
        var median = task.WorkingTime.Median;
        var slow = task.WorkingTime.Percentile(0.99);
        return task.WorkingTime.Count >= 200 && slow > median * 20 && slow > TimeSpan.FromMilliseconds(1)
            ? $"The slowest hundredth of '{task.Name}' takes {InsightsText.Time(slow)} and more, "
                + $"{InsightsText.Number((long)(slow / median))} times the median."
            : null;
    }

    private static string? StartUp(PoolInsights pool)
    {
        var both = pool.StartUpTime.Total + pool.WorkerTime;
        var ended = pool.WorkersEnded + pool.WorkersDied;
        if (ended < 4 || both < EnoughTime || pool.StartUpTime.Total < both * 0.2)
        {
            return null;
        }

        var why = pool.WorkersDied > pool.WorkersEnded
            ? $"{InsightsText.Number(pool.WorkersDied)} of these replaced a worker that had died"
            : "let workers live longer (MaxTasksPerWorker, MaxWorkerMemory, MaxWorkerAge, IdleTimeout)";
        return $"{InsightsText.Share(pool.StartUpTime.Total / both)} of the workers' time was their start "
            + $"({InsightsText.Time(pool.StartUpTime.Median)} each, {InsightsText.Number(pool.WorkersStarted)} times): {why}.";
    }

    private static string? TooFewWorkers(PoolInsights pool)
    {
        var processors = Environment.ProcessorCount;
        return pool.Nodes is null
            && pool.WorkerTime > EnoughTime && pool.Utilization > 0.9 && pool.WaitingTasks > pool.MaxWorkers && pool.MaxWorkers < processors
            ? $"The workers are busy {InsightsText.Share(pool.Utilization)} of the time and {InsightsText.Number(pool.WaitingTasks)} tasks wait: "
                + $"{pool.MaxWorkers} workers use {pool.MaxWorkers} of {processors} processors."
            : null;
    }

    private static string? TooFewNodes(PoolInsights pool) =>
        pool.Nodes is not null && pool.WorkerTime > EnoughTime && pool.Utilization > 0.9 && pool.WaitingTasks > pool.MaxWorkers
            ? $"Tasks that have ended took {InsightsText.Share(pool.Utilization)} of the workers' time and {InsightsText.Number(pool.WaitingTasks)} "
                + "wait: with more nodes they would start earlier."
            : null;

    private static string? TooManyWorkers(PoolInsights pool)
    {
        var tasks = pool.Tasks.Sum(static task => task.Succeeded + task.Failed);
        var needed = Math.Max(1, (int)Math.Ceiling(pool.MaxWorkers * pool.Utilization * 1.25));
        return pool.Nodes is null // other callers use the workers of nodes, too
            && pool.WorkerTime > EnoughTime * 10 && tasks >= EnoughTasks
            && pool.WaitingTasks == 0 && pool.Utilization < 0.25 && needed < pool.MaxWorkers
            ? $"The workers were idle {InsightsText.Share(1 - pool.Utilization)} of the time: {needed} would have sufficed, or an IdleTimeout."
            : null;
    }
}

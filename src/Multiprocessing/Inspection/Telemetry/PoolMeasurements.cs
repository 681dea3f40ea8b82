using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>The measurements of all pools of the tree. Pools of one name are one series.</summary>
internal static class PoolMeasurements
{
    public static void Create()
    {
        Instruments.PoolTasks.Observe(TreeMetrics.Of(static tree => Tasks(tree, TelemetryTags.TaskOutcome,
            ("succeeded", static task => task.Succeeded),
            ("failed", static task => task.Failed),
            ("canceled", static task => task.Canceled),
            ("timed_out", static task => task.TimedOut),
            ("worker_died", static task => task.WorkerDied))));
        Instruments.PoolRetries.Observe(TreeMetrics.Of(static tree => Tasks(tree, null, ("", static task => task.Retries))));
        Instruments.PoolBytes.Observe(TreeMetrics.Of(static tree => Tasks(tree, TelemetryTags.Direction,
            ("to_worker", static task => task.ArgumentBytes), ("from_worker", static task => task.ResultBytes))));
        Instruments.PoolPending.Observe(TreeMetrics.Of(static tree => Pools(tree, static pool => pool.Pending)));
        Instruments.PoolWorkersStarted.Observe(TreeMetrics.Of(static tree => Pools(tree, static pool => pool.WorkersStarted)));
        Instruments.PoolWorkerDeaths.Observe(TreeMetrics.Of(static tree => Pools(tree, static pool => pool.WorkersDied)));
        Instruments.PoolWorkers.Observe(TreeMetrics.Of(Workers));
    }

    private static IEnumerable<Measurement<long>> Pools(TreeReading tree, Func<PoolFigures, long> value) =>
        tree.Pools.GroupBy(static pool => pool.Pool).Select(series => new Measurement<long>(
            series.Sum(value), new KeyValuePair<string, object?>(TelemetryTags.Pool, series.Key)));

    private static IEnumerable<Measurement<long>> Workers(TreeReading tree) =>
        from series in tree.Pools.GroupBy(static pool => pool.Pool)
        from activity in Enum.GetValues<WorkerActivity>()
        where activity < WorkerActivity.Ended
        select new Measurement<long>(
            series.Sum(pool => (int)activity < pool.Workers.Length ? pool.Workers[(int)activity] : 0),
            TagListBuilder.Of(TelemetryTags.Pool, series.Key).And(TelemetryTags.WorkerState, TelemetryTags.Value(activity)).ToArray());

    private static IEnumerable<Measurement<long>> Tasks(
        TreeReading tree, string? tag, params (string Value, Func<TaskFigures, long> Count)[] parts) =>
        from series in tree.Pools.SelectMany(static pool => pool.Tasks.Select(task => (pool.Pool, Task: task)))
            .GroupBy(static pair => (pair.Pool, pair.Task.Name))
        from part in parts
        select new Measurement<long>(
            series.Sum(pair => part.Count(pair.Task)),
            TagListBuilder.Of(TelemetryTags.Pool, series.Key.Pool).And(TelemetryTags.Task, series.Key.Name)
                .AndIf(tag is not null, tag ?? "", part.Value).ToArray());
}

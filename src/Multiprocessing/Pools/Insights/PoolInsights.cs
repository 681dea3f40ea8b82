namespace Multiprocessing;

/// <summary>
/// Statistics of where a pool's time was spent, from its creation until <see cref="ProcessPool.GetInsights"/> was called: by worker, and by name of
/// task. <see cref="ToString"/> returns a table with conclusions. Immutable.
/// </summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// await pool.MapAsync(Enumerable.Range(0, 100), item => item * item);
/// PoolInsights insights = pool.GetInsights();
/// Console.WriteLine($"{insights.WorkersStarted} workers were busy for {insights.Utilization:P0} of their time.");
/// Console.WriteLine(insights); // tables of workers and tasks, and conclusions
/// </code>
/// </example>
public sealed class PoolInsights
{
    internal PoolInsights()
    {
    }

    /// <summary>Gets the pool's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the age of the pool.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Gets the maximum number of workers.</summary>
    public required int MaxWorkers { get; init; }

    /// <summary>Gets the workers that are alive, and the last 32 that have ended, in the order of their numbers.</summary>
    public required IReadOnlyList<WorkerInsights> Workers { get; init; }

    /// <summary>Gets the tasks by name, those that took the most time first.</summary>
    public required IReadOnlyList<TaskInsights> Tasks { get; init; }

    /// <summary>Gets the number of tasks that wait to be started.</summary>
    public required long WaitingTasks { get; init; }

    /// <summary>Gets the number of workers that were started.</summary>
    public required int WorkersStarted { get; init; }

    /// <summary>Gets the number of workers that ended in good order: replaced, idle for too long, or surplus.</summary>
    public required int WorkersEnded { get; init; }

    /// <summary>Gets the number of workers that died or were killed.</summary>
    public required int WorkersDied { get; init; }

    /// <summary>Gets the times from the decision to start a worker until it was ready for its first task.</summary>
    public required TimeDistribution StartUpTime { get; init; }

    /// <summary>Gets the time that all workers together were ready for tasks, including those that have ended.</summary>
    public required TimeSpan WorkerTime { get; init; }

    /// <summary>Gets the time that bodies ran in all workers together.</summary>
    public required TimeSpan WorkingTime { get; init; }

    /// <summary>Gets the time that all workers together read arguments and wrote results.</summary>
    public required TimeSpan SerializingTime { get; init; }

    /// <summary>
    /// Gets the number of nodes that a pool of a cluster uses; <see langword="null"/> for a pool of this machine. A caller of a cluster is not told
    /// of single workers, of their starts and ends, and of the times of serializing: these are 0 here, and no text presents them.
    /// </summary>
    internal int? Nodes { get; init; }

    /// <summary>Gets the share, from 0 to 1, of the time of all workers in which they worked or serialized.</summary>
    public double Utilization => WorkerTime <= TimeSpan.Zero ? 0 : Math.Min(1, (WorkingTime + SerializingTime) / WorkerTime);

    /// <summary>Gets conclusions from the statistics, in words: where time is lost, and what helps. Empty if there are none.</summary>
    public IReadOnlyList<string> Conclusions => InsightsConclusions.Of(this);

    /// <summary>
    /// Returns a table of the workers that are alive and of the last four that have ended, a table of the tasks, and the conclusions.
    /// </summary>
    /// <returns>Several lines of at most 120 columns, unless names are long.</returns>
    public override string ToString() => InsightsText.Of(this);
}

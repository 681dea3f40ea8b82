namespace Multiprocessing;

/// <summary>
/// Where a pool's time went, since it was made until <see cref="ProcessPool.GetInsights"/> was called: by worker, and by name of task. <see cref="ToString"/> gives a table with conclusions. Immutable.
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

    /// <summary>The pool's name.</summary>
    public required string Name { get; init; }

    /// <summary>How long there has been the pool.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The most workers that there may be.</summary>
    public required int MaxWorkers { get; init; }

    /// <summary>The workers that live, and the last 32 that do not, by their numbers.</summary>
    public required IReadOnlyList<WorkerInsights> Workers { get; init; }

    /// <summary>The tasks by name, those that took most time first.</summary>
    public required IReadOnlyList<TaskInsights> Tasks { get; init; }

    /// <summary>How many tasks wait to be begun.</summary>
    public required long WaitingTasks { get; init; }

    /// <summary>How many workers were started.</summary>
    public required int WorkersStarted { get; init; }

    /// <summary>How many workers ended in good order: replaced, idle for too long, or too many.</summary>
    public required int WorkersEnded { get; init; }

    /// <summary>How many workers died or were killed.</summary>
    public required int WorkersDied { get; init; }

    /// <summary>From the decision to start a worker until it could take its first task.</summary>
    public required TimeDistribution StartUpTime { get; init; }

    /// <summary>How long all workers together were ready for tasks, those that are gone included.</summary>
    public required TimeSpan WorkerTime { get; init; }

    /// <summary>How long bodies ran in all workers together.</summary>
    public required TimeSpan WorkingTime { get; init; }

    /// <summary>How long all workers together read arguments and wrote results.</summary>
    public required TimeSpan SerializingTime { get; init; }

    /// <summary>The share, from 0 to 1, of the time of all workers in which they worked or serialized.</summary>
    public double Utilization => WorkerTime <= TimeSpan.Zero ? 0 : Math.Min(1, (WorkingTime + SerializingTime) / WorkerTime);

    /// <summary>What the figures say, in words: where time is lost, and what helps. Empty if there is nothing to say.</summary>
    public IReadOnlyList<string> Conclusions => InsightsConclusions.Of(this);

    /// <summary>A table of the workers that live and of the last four that do not, a table of the tasks, and the conclusions.</summary>
    /// <returns>Several lines of at most 120 columns, unless names are long.</returns>
    public override string ToString() => InsightsText.Of(this);
}

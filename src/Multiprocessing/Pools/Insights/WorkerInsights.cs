namespace Multiprocessing;

/// <summary>The activity of a worker of a pool.</summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// await pool.RunAsync(() => { });
/// int idle = pool.GetInsights().Workers.Count(worker => worker.Activity is WorkerActivity.Idle);
/// Console.WriteLine($"{idle} workers have nothing to do.");
/// </code>
/// </example>
public enum WorkerActivity
{
    /// <summary>Its process starts, or its initializer runs.</summary>
    Starting,

    /// <summary>It waits for tasks.</summary>
    Idle,

    /// <summary>It has tasks.</summary>
    Busy,

    /// <summary>It ends in good order, because it is replaced or no longer needed.</summary>
    Ending,

    /// <summary>It has ended in good order.</summary>
    Ended,

    /// <summary>It died, or was killed for a time limit or a cancellation.</summary>
    Died,
}

/// <summary>Statistics of one worker. Immutable.</summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// await pool.RunAsync(() => { });
/// foreach (WorkerInsights worker in pool.GetInsights().Workers)
/// {
///     Console.WriteLine($"Worker {worker.Number} (pid {worker.ProcessId}) has completed {worker.TasksCompleted} tasks.");
/// }
/// </code>
/// </example>
public sealed record WorkerInsights
{
    internal WorkerInsights()
    {
    }

    /// <summary>Gets the worker's number in its pool, counted from 1 and never used again.</summary>
    public required int Number { get; init; }

    /// <summary>Gets the id of its process, or <see langword="null"/> if the operating system has not started it yet.</summary>
    public required int? ProcessId { get; init; }

    /// <summary>Gets its activity.</summary>
    public required WorkerActivity Activity { get; init; }

    /// <summary>Gets how it ended, or <see langword="null"/> while it is alive.</summary>
    public required ExitStatus? ExitStatus { get; init; }

    /// <summary>Gets the name of the task that it runs, or <see langword="null"/> if it runs none.</summary>
    public required string? CurrentTask { get; init; }

    /// <summary>
    /// Gets how long it has been running that task, measured from the last reply that the pool has read from it; <see langword="null"/> if it runs
    /// none.
    /// </summary>
    public required TimeSpan? CurrentTaskTime { get; init; }

    /// <summary>Gets the number of tasks that it has finished.</summary>
    public required long TasksCompleted { get; init; }

    /// <summary>
    /// Gets the time from the decision to start it until it was ready for its first task, including its initializer; or <see langword="null"/> if it
    /// was never ready.
    /// </summary>
    public required TimeSpan? StartUpTime { get; init; }

    /// <summary>Gets the time that it has been ready for tasks, until now or until its end.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>Gets the time that bodies ran in it.</summary>
    public required TimeSpan WorkingTime { get; init; }

    /// <summary>Gets the time in which it read arguments and wrote results.</summary>
    public required TimeSpan SerializingTime { get; init; }

    /// <summary>Gets the time in which it neither worked nor serialized.</summary>
    public TimeSpan IdleTime => Lifetime > WorkingTime + SerializingTime ? Lifetime - WorkingTime - SerializingTime : TimeSpan.Zero;

    /// <summary>Gets the share of its lifetime, from 0 to 1, in which it worked or serialized.</summary>
    public double Utilization => Lifetime <= TimeSpan.Zero ? 0 : Math.Min(1, (WorkingTime + SerializingTime) / Lifetime);

    /// <summary>Gets the size in bytes of the arguments that were written for it.</summary>
    public required long ArgumentBytes { get; init; }

    /// <summary>Gets the size in bytes of the results and errors that it sent.</summary>
    public required long ResultBytes { get; init; }
}

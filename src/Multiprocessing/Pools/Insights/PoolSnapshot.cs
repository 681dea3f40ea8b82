namespace Multiprocessing;

/// <summary>One pool of a program at one moment, as its process has published it. Immutable.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// foreach (PoolSnapshot pool in monitor.Read().Pools)
/// {
///     Console.WriteLine($"{pool.Name}: {pool.Pending} wait, {pool.Running} run, {pool.Failed} failed");
/// }
/// </code>
/// </example>
public sealed record PoolSnapshot
{
    /// <summary>Gets the id, which is unique in the program for as long as it runs.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the name of the pool.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the process that created the pool and schedules its tasks.</summary>
    public required int OwnerProcessId { get; init; }

    /// <summary>Gets the maximum number of workers.</summary>
    public required int MaxWorkers { get; init; }

    /// <summary>Gets the workers.</summary>
    public required IReadOnlyList<WorkerSnapshot> Workers { get; init; }

    /// <summary>Gets the number of tasks that wait.</summary>
    public required long Pending { get; init; }

    /// <summary>Gets the number of tasks that run.</summary>
    public required long Running { get; init; }

    /// <summary>Gets the number of tasks that have returned.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Gets the number of tasks that have failed, those whose worker died and those that took too long among them.</summary>
    public required long Failed { get; init; }

    /// <summary>Gets the number of tasks that were canceled.</summary>
    public required long Canceled { get; init; }

    /// <summary>Gets the number of tasks that took longer than their limit.</summary>
    public required long TimedOut { get; init; }

    /// <summary>Gets how often a task was tried again.</summary>
    public required long Retries { get; init; }

    /// <summary>Gets the number of workers that have died.</summary>
    public required long WorkerDeaths { get; init; }

    /// <summary>Gets the number of workers that were started.</summary>
    public required long WorkersStarted { get; init; }

    /// <summary>Gets the figures of each kind of task, by name.</summary>
    public IReadOnlyList<TaskKindSnapshot> Tasks { get; init; } = [];

    /// <summary>Gets why the pool is as fast as it is, in sentences; see <see cref="PoolInsights.Conclusions"/>.</summary>
    public IReadOnlyList<string> Conclusions { get; init; } = [];
}

/// <summary>The figures of all tasks of a pool with the same name. Immutable.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// foreach (TaskKindSnapshot task in monitor.Read().Pools.SelectMany(static pool => pool.Tasks))
/// {
///     Console.WriteLine($"{task.Name}: {task.RunMedian.TotalMilliseconds} ms");
/// }
/// </code>
/// </example>
public sealed record TaskKindSnapshot
{
    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the number of tasks that have returned.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Gets the number of tasks that have failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Gets the median of the time from the submission to the start.</summary>
    public required TimeSpan WaitMedian { get; init; }

    /// <summary>Gets the time from the submission to the start that 95 of 100 tasks do not exceed.</summary>
    public required TimeSpan WaitP95 { get; init; }

    /// <summary>Gets the median of the time that a task runs.</summary>
    public required TimeSpan RunMedian { get; init; }

    /// <summary>Gets the time that 95 of 100 tasks do not exceed.</summary>
    public required TimeSpan RunP95 { get; init; }
}

/// <summary>One worker of a pool at one moment. Immutable.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// foreach (WorkerSnapshot worker in monitor.Read().Pools.SelectMany(static pool => pool.Workers))
/// {
///     Console.WriteLine($"{worker.Number} {worker.Activity} {worker.TaskName}");
/// }
/// </code>
/// </example>
public sealed record WorkerSnapshot
{
    /// <summary>Gets the number of the worker in its pool; a replacement has a new one.</summary>
    public required int Number { get; init; }

    /// <summary>Gets the pid; null before the start.</summary>
    public required int? ProcessId { get; init; }

    /// <summary>Gets what it does.</summary>
    public required WorkerActivity Activity { get; init; }

    /// <summary>Gets the name of the task that it runs; null if it runs none.</summary>
    public required string? TaskName { get; init; }

    /// <summary>Gets how long it has run that task; null if it runs none.</summary>
    public required TimeSpan? TaskTime { get; init; }

    /// <summary>Gets the number of tasks that it has completed.</summary>
    public required long TasksDone { get; init; }

    /// <summary>Gets the time since its start.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>Gets the part of its life in which it ran tasks, from 0 to 1.</summary>
    public required double WorkingShare { get; init; }

    /// <summary>Gets the part of its life in which it read arguments and wrote results, from 0 to 1.</summary>
    public required double SerializingShare { get; init; }

    /// <summary>Gets the last lines that it has printed; null if there are none.</summary>
    public string? LastOutput { get; init; }
}

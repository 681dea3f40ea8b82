namespace Multiprocessing;

/// <summary>How a task of a pool ended.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// int failed = monitor.ReadTasks(out _).Count(static task => task.Outcome != TaskOutcome.Succeeded);
/// </code>
/// </example>
public enum TaskOutcome
{
    /// <summary>It has returned.</summary>
    Succeeded,

    /// <summary>It has thrown an exception.</summary>
    Failed,

    /// <summary>It was canceled.</summary>
    Canceled,

    /// <summary>It took longer than its limit, and its worker was killed.</summary>
    TimedOut,

    /// <summary>Its worker died.</summary>
    WorkerDied,
}

/// <summary>One task of a pool that has ended. Immutable.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// foreach (TaskRecord task in monitor.ReadTasks(out long missed))
/// {
///     Console.WriteLine($"{task.Name} on worker {task.WorkerNumber}: {task.Outcome} after {task.Ended - task.Started}");
/// }
/// </code>
/// </example>
public sealed record TaskRecord
{
    /// <summary>Gets the <see cref="PoolSnapshot.Id"/> of the pool.</summary>
    public required string PoolId { get; init; }

    /// <summary>Gets the number of the task in its pool.</summary>
    public required long Number { get; init; }

    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the number of the worker; 0 if it ran on none.</summary>
    public required int WorkerNumber { get; init; }

    /// <summary>Gets the pid of the worker; 0 if it ran on none.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Gets the time at which it was submitted.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Gets the time at which it began to run.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Gets the time at which its end was known.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>Gets how it ended.</summary>
    public required TaskOutcome Outcome { get; init; }

    /// <summary>Gets the exception with its type, message and the stacks of both processes; null if it has succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the number of the attempt, from 1.</summary>
    public required int Attempt { get; init; }
}

namespace Multiprocessing;

/// <summary>The exception that is thrown when a worker of a pool died while it ran a task. Only that task is affected.</summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool(new() { Workers = 2 });
/// try
/// {
///     await pool.RunAsync(() => Environment.FailFast("The native library is broken."));
/// }
/// catch (WorkerDiedException exception)
/// {
///     Console.WriteLine($"Worker {exception.ProcessId} died in '{exception.TaskName}': {exception.ExitStatus}");
/// }
///
/// int next = await pool.RunAsync(() => 1); // another worker runs it
/// </code>
/// </example>
public sealed class WorkerDiedException : ProcessDiedException
{
    /// <summary>Initializes a new instance.</summary>
    /// <param name="processId">The id of the worker's process.</param>
    /// <param name="processName">The name of the worker.</param>
    /// <param name="exitStatus">How the worker ended.</param>
    /// <param name="standardErrorTail">The end of what the worker wrote to standard error.</param>
    /// <param name="taskName">The task that the worker ran.</param>
    /// <param name="attempts">The number of times the task was started.</param>
    /// <param name="isOutOfMemory">Whether the kernel killed a process of this group for lack of memory at that time.</param>
    /// <exception cref="ArgumentNullException"><paramref name="exitStatus"/> is <see langword="null"/>.</exception>
    public WorkerDiedException(
        int processId, string processName, ExitStatus exitStatus, string standardErrorTail,
        string taskName, int attempts = 1, bool isOutOfMemory = false)
        : base(
            Describe(processId, processName, Required(exitStatus), standardErrorTail, taskName, attempts, isOutOfMemory),
            processId, processName, exitStatus, standardErrorTail)
    {
        TaskName = taskName;
        Attempts = attempts;
        IsOutOfMemory = isOutOfMemory;
    }

    internal WorkerDiedException(
        int processId, string processName, ExitStatus exitStatus, KeptOutput standardError, string taskName, int attempts, bool isOutOfMemory)
        : base(
            Describe(processId, processName, exitStatus, standardError.Whole, taskName, attempts, isOutOfMemory),
            processId, processName, exitStatus, standardError)
    {
        TaskName = taskName;
        Attempts = attempts;
        IsOutOfMemory = isOutOfMemory;
    }

    /// <summary>Gets the name of the task that the worker ran, with its index in the source if it was an item of one.</summary>
    public string TaskName { get; }

    /// <summary>Gets the number of times the task was started.</summary>
    public int Attempts { get; }

    /// <summary>Gets a value that indicates whether the kernel killed a process of this group for lack of memory at that time.</summary>
    public bool IsOutOfMemory { get; }

    private static string Describe(int processId, string name, ExitStatus status, string tail, string task, int attempts, bool outOfMemory)
    {
        var how = outOfMemory ? $"{status}, by the kernel for lack of memory" : $"{status}";
        var tries = attempts > 1 ? $" It was attempt {attempts}, and no more are allowed (MaxAttempts)." : "";
        var text = $"Worker '{name}' (pid {processId}) died while it ran '{task}': {how}.{tries}";
        return tail.Length == 0 ? text : $"{text} Its last output on standard error:{Environment.NewLine}{tail.TrimEnd()}";
    }
}

/// <summary>The exception that is thrown when a pool gave up, because its workers die before they are ready, or too often.</summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool(new() { Workers = 1, MaxAttempts = 10, MaxDeathsPerMinute = 2 });
/// try
/// {
///     await pool.RunAsync(() => Environment.Exit(1));
/// }
/// catch (PoolBrokenException exception)
/// {
///     Console.WriteLine(exception.Message); // find out why workers die, then create another pool
/// }
/// </code>
/// </example>
public sealed class PoolBrokenException : InvalidOperationException
{
    /// <summary>Initializes a new instance.</summary>
    /// <param name="message">Why the pool gave up.</param>
    /// <param name="innerException">How its last worker ended, if that is known.</param>
    public PoolBrokenException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

namespace Multiprocessing;

/// <summary>A worker of a pool died while it ran a task: only that task is affected.</summary>
public sealed class WorkerDiedException : ProcessDiedException
{
    internal WorkerDiedException(int processId, string processName, ExitStatus status, string standardErrorTail, string taskName, int attempts, bool outOfMemory)
        : base(processId, processName, status, standardErrorTail, Describe(processId, processName, status, standardErrorTail, taskName, attempts, outOfMemory))
    {
        TaskName = taskName;
        Attempts = attempts;
        IsOutOfMemory = outOfMemory;
    }

    /// <summary>The task that the worker ran: its name, and its place in the source if it was an item of one.</summary>
    public string TaskName { get; }

    /// <summary>How often the task was begun.</summary>
    public int Attempts { get; }

    /// <summary>The kernel killed a process of this group for want of memory at that time.</summary>
    public bool IsOutOfMemory { get; }

    private static string Describe(int processId, string name, ExitStatus status, string tail, string task, int attempts, bool outOfMemory)
    {
        var how = outOfMemory ? $"{status}, by the kernel for want of memory" : $"{status}";
        var tries = attempts > 1 ? $" It was attempt {attempts}, and no more are allowed (MaxAttempts)." : "";
        var text = $"Worker '{name}' (pid {processId}) died while it ran '{task}': {how}.{tries}";
        return tail.Length == 0 ? text : $"{text} Its last words on standard error:{Environment.NewLine}{tail.TrimEnd()}";
    }
}

/// <summary>A pool gave up: its workers die before they are ready, or too often.</summary>
public sealed class PoolBrokenException : InvalidOperationException
{
    internal PoolBrokenException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

namespace Multiprocessing;

/// <summary>The state of a process in the scheduler of the operating system.</summary>
/// <example>
/// <code>
/// using var child = ChildProcess.Run(() => Thread.Sleep(Timeout.Infinite));
/// SchedulingState state = child.GetStatistics().State;
/// if (state is SchedulingState.Stopped)
/// {
///     Console.WriteLine("A debugger or SIGSTOP stopped the process.");
/// }
///
/// child.Kill();
/// </code>
/// </example>
public enum SchedulingState
{
    /// <summary>None of the other states.</summary>
    Unknown,

    /// <summary>Running on a processor or ready to run (R).</summary>
    Running,

    /// <summary>Waiting for an event, interruptible by signals (S, I).</summary>
    Sleeping,

    /// <summary>Waiting for a device, not interruptible (D).</summary>
    DiskSleeping,

    /// <summary>Stopped by a signal or a debugger (T, t).</summary>
    Stopped,

    /// <summary>Ended; its parent has not yet read its exit status (Z, X).</summary>
    Zombie,

    /// <summary>Ended and reaped; the processor times are the last ones.</summary>
    Exited,
}

/// <summary>A snapshot of a process, with the figures of a task manager. Instances are immutable.</summary>
/// <example>
/// <code>
/// using var child = ChildProcess.Run(() => Thread.Sleep(Timeout.Infinite));
/// ProcessStatistics statistics = child.GetStatistics();
/// Console.WriteLine($"{statistics.WorkingSet >> 20} MiB, {statistics.ThreadCount} threads, {statistics.TotalProcessorTime} of processor time");
/// child.Kill();
/// </code>
/// </example>
public sealed record ProcessStatistics
{
    /// <summary>Gets the state of the process in the scheduler.</summary>
    public required SchedulingState State { get; init; }

    /// <summary>Gets the processor time in user mode since the start, for all threads together.</summary>
    public required TimeSpan UserProcessorTime { get; init; }

    /// <summary>Gets the processor time in kernel mode since the start, for all threads together.</summary>
    public required TimeSpan PrivilegedProcessorTime { get; init; }

    /// <summary>Gets the sum of user and kernel time.</summary>
    public TimeSpan TotalProcessorTime => UserProcessorTime + PrivilegedProcessorTime;

    /// <summary>Gets the physical memory in bytes, including pages that are shared with other processes.</summary>
    public required long WorkingSet { get; init; }

    /// <summary>Gets the largest working set so far, in bytes.</summary>
    public required long PeakWorkingSet { get; init; }

    /// <summary>Gets the number of threads of the operating system, including those of the runtime.</summary>
    public required int ThreadCount { get; init; }
}

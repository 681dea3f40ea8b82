namespace Multiprocessing;

/// <summary>What the operating system's scheduler does with a process.</summary>
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
    /// <summary>Not one of the states below.</summary>
    Unknown,

    /// <summary>On a processor or in line for one (R).</summary>
    Running,

    /// <summary>Waiting for an event; a signal wakes it (S, I).</summary>
    Sleeping,

    /// <summary>Waiting for a device; nothing wakes it (D).</summary>
    DiskSleeping,

    /// <summary>Stopped by a signal or a debugger (T, t).</summary>
    Stopped,

    /// <summary>Ended; its parent has not asked for its status yet (Z, X).</summary>
    Zombie,

    /// <summary>Ended and reaped; the other figures are its last.</summary>
    Exited,
}

/// <summary>One look at a process, as a task manager has it.</summary>
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
    /// <summary>What the scheduler does with it.</summary>
    public required SchedulingState State { get; init; }

    /// <summary>Processor time in its own code since its start, all threads together.</summary>
    public required TimeSpan UserProcessorTime { get; init; }

    /// <summary>Processor time that the kernel spent for it since its start, all threads together.</summary>
    public required TimeSpan PrivilegedProcessorTime { get; init; }

    /// <summary>User and kernel time together.</summary>
    public TimeSpan TotalProcessorTime => UserProcessorTime + PrivilegedProcessorTime;

    /// <summary>Physical memory in bytes, pages shared with other processes included.</summary>
    public required long WorkingSet { get; init; }

    /// <summary>The largest working set so far, in bytes.</summary>
    public required long PeakWorkingSet { get; init; }

    /// <summary>Threads of the operating system, the runtime's own included.</summary>
    public required int ThreadCount { get; init; }
}

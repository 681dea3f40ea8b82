namespace Multiprocessing;

/// <summary>One process of a program at one moment. Immutable.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// foreach (ProcessSnapshot process in monitor.Read().Processes)
/// {
///     Console.WriteLine($"{process.Id} {process.Name} {process.State} {process.WorkingSetBytes >> 20} MiB");
/// }
/// </code>
/// </example>
public sealed record ProcessSnapshot
{
    /// <summary>Gets the pid.</summary>
    public required int Id { get; init; }

    /// <summary>Gets the pid of the parent; null if the system does not report it.</summary>
    public required int? ParentId { get; init; }

    /// <summary>Gets the name that the program gave the process, or the name of its file.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what the process is for.</summary>
    public required ProcessRole Role { get; init; }

    /// <summary>Gets the state in the scheduler of the operating system.</summary>
    public required SchedulingState State { get; init; }

    /// <summary>Gets the time of the start.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>Gets the processor time since the start, in user mode and in the kernel, of all threads.</summary>
    public required TimeSpan CpuTime { get; init; }

    /// <summary>Gets the physical memory in bytes, including pages that are shared with other processes.</summary>
    public required long WorkingSetBytes { get; init; }

    /// <summary>Gets the number of threads of the operating system.</summary>
    public required int ThreadCount { get; init; }

    /// <summary>Gets the last lines that the process has printed, if its parent keeps them and has published them; null otherwise.</summary>
    public string? LastOutput { get; init; }
}

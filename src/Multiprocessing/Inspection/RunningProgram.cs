namespace Multiprocessing;

/// <summary>A program of this library that runs now. Immutable.</summary>
/// <example>
/// <code>
/// foreach (RunningProgram program in ProgramMonitor.FindAll())
/// {
///     Console.WriteLine($"{program.ProcessId} {program.Name}, {program.ProcessCount} processes");
/// }
/// </code>
/// </example>
public sealed record RunningProgram
{
    /// <summary>Gets the pid of the root: the process that the user started.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Gets the name: that of the entry assembly, or of the file of the process.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the time at which the root was started.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>Gets the command line of the root; null if the system does not report it.</summary>
    public required string? CommandLine { get; init; }

    /// <summary>Gets the number of living processes, the root included.</summary>
    public required int ProcessCount { get; init; }
}

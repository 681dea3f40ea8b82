namespace Multiprocessing;

/// <summary>The kinds of leftovers of killed programs.</summary>
/// <example>
/// <code>
/// long bytes = ProgramLeftovers.Find()
///     .Where(static leftover => leftover.Kind == ProgramLeftoverKind.Session)
///     .Sum(static leftover => leftover.Bytes);
/// </code>
/// </example>
public enum ProgramLeftoverKind
{
    /// <summary>The shared memory of a program: its root process has ended without removing it.</summary>
    Session,

    /// <summary>A directory that a process was killed while it created or removed it.</summary>
    Unfinished,

    /// <summary>The objects with names of this user: all processes that used them have ended.</summary>
    NamedObjects,
}

/// <summary>Shared memory that killed programs of this user left behind. Immutable.</summary>
/// <example>
/// <code>
/// ProgramLeftover? largest = ProgramLeftovers.Find().MaxBy(static leftover => leftover.Bytes);
/// if (largest is not null)
/// {
///     Console.WriteLine($"{largest.Path}: {largest.FileCount} files, {largest.Bytes} bytes, last changed {largest.LastChange}");
/// }
/// </code>
/// </example>
public sealed record ProgramLeftover
{
    /// <summary>Gets the path of the directory.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the kind.</summary>
    public required ProgramLeftoverKind Kind { get; init; }

    /// <summary>Gets the pid that the root process of the program had; null if it is unknown.</summary>
    public int? RootProcessId { get; init; }

    /// <summary>Gets the processes of the program that still run although its root has ended. They are killed when the leftover is removed.</summary>
    public IReadOnlyList<int> SurvivingProcessIds { get; init; } = [];

    /// <summary>Gets the time of the last change of the directory.</summary>
    public required DateTimeOffset LastChange { get; init; }

    /// <summary>Gets the number of files.</summary>
    public required int FileCount { get; init; }

    /// <summary>Gets the size of all files in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>
    /// Gets the reason why <see cref="ProgramLeftovers.Remove"/> could not remove it; null if it was removed, or if it was only found.
    /// </summary>
    public string? Error { get; init; }
}

namespace Multiprocessing.Platform;

/// <summary>What <see cref="ChildStart"/> needs to start a process. The caller keeps the ends of the pipes.</summary>
internal sealed class SpawnRequest
{
    public required string Path { get; init; }

    /// <summary>The argument vector, <c>argv[0]</c> included.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment: the process inherits no other variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public string? WorkingDirectory { get; init; }

    /// <summary>Becomes standard output, or <see langword="null"/> to inherit it.</summary>
    public PipeEnd? StandardOutput { get; init; }

    /// <summary>Becomes standard error, or <see langword="null"/> to inherit it.</summary>
    public PipeEnd? StandardError { get; init; }

    /// <summary>The child inherits it and finds it by <see cref="PipeEnd.InheritedAs"/>.</summary>
    public required PipeEnd Channel { get; init; }

    /// <summary>The processors that the process may run on from its first instruction, or <see langword="null"/> for those of this process.</summary>
    public IReadOnlyCollection<int>? Processors { get; init; }
}

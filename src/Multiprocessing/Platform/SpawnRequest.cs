namespace Multiprocessing.Platform;

/// <summary>What a new process gets from <see cref="ChildStart"/>; the ends of pipes stay the caller's.</summary>
internal sealed class SpawnRequest
{
    public required string Path { get; init; }

    /// <summary>The argument vector, <c>argv[0]</c> included.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, nothing is inherited beside it.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public string? WorkingDirectory { get; init; }

    /// <summary>Becomes standard output, or <see langword="null"/> to inherit it.</summary>
    public PipeEnd? StandardOutput { get; init; }

    /// <summary>Becomes standard error, or <see langword="null"/> to inherit it.</summary>
    public PipeEnd? StandardError { get; init; }

    /// <summary>Is open in the child too, and found there by <see cref="PipeEnd.InheritedAs"/>.</summary>
    public required PipeEnd Channel { get; init; }

    /// <summary>The processors it may run on from its first instruction, or <see langword="null"/> for those of this process.</summary>
    public IReadOnlyCollection<int>? Processors { get; init; }
}

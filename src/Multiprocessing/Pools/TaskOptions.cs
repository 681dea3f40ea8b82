namespace Multiprocessing;

/// <summary>What one task, or each task of a map, may have of its own.</summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// var urgent = new TaskOptions { Name = "thumbnail", Priority = 1, Timeout = TimeSpan.FromSeconds(5) };
/// int length = await pool.RunAsync(text => text.Length, "page 1", urgent);
/// </code>
/// </example>
public class TaskOptions
{
    /// <summary>The name that errors and insights carry. The default value is the name of the body's method.</summary>
    public string? Name { get; set; }

    /// <summary>Tasks of a higher priority begin before all others that wait. The default value is 0.</summary>
    public int Priority { get; set; }

    /// <summary>How long the task may run. The default value is <see langword="null"/>: the pool's <see cref="ProcessPoolOptions.Timeout"/>.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>How often the task is begun at most if workers die in it. The default value is <see langword="null"/>: the pool's <see cref="ProcessPoolOptions.MaxAttempts"/>.</summary>
    public int? MaxAttempts { get; set; }
}

/// <summary>How a source is worked on.</summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// var total = 0L;
/// var options = new MapOptions { Ordered = false, MaxInFlight = 16 };
/// await foreach (long size in pool.StreamAsync(Directory.EnumerateFiles("."), file => new FileInfo(file).Length, options))
/// {
///     total += size; // in the order in which the results arrive
/// }
/// </code>
/// </example>
public class MapOptions : TaskOptions
{
    /// <summary>A stream gives results in the order of the source. <see langword="false"/> gives each as soon as it is there. The default value is <see langword="true"/>.</summary>
    public bool Ordered { get; set; } = true;

    /// <summary>The most items of a stream that were taken from the source and whose results were not: what memory is bounded by. The default value is 256, or 8 for each worker if that is more.</summary>
    public int? MaxInFlight { get; set; }

    /// <summary>The most bytes that the items in flight of a stream may take when they have been written; one item is always let in. The default value is 256 MiB.</summary>
    public long MaxBytesInFlight { get; set; } = 256L << 20;
}

namespace Multiprocessing;

/// <summary>Options of one task, or of each task of a map or a stream.</summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// var urgent = new TaskOptions { Name = "thumbnail", Priority = 1, Timeout = TimeSpan.FromSeconds(5) };
/// int length = await pool.RunAsync(text => text.Length, "page 1", urgent);
/// </code>
/// </example>
public class TaskOptions
{
    /// <summary>Gets or sets the name that errors and insights carry. The default value is the name of the body's method.</summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets the priority. Waiting tasks of a higher priority start first. The default value is 0.</summary>
    public int Priority { get; set; }

    /// <summary>
    /// Gets or sets the time limit of the task. The default value is <see langword="null"/>: the pool's <see cref="ProcessPoolOptions.Timeout"/>.
    /// </summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of times the task is started, including retries after a worker died. The default value is
    /// <see langword="null"/>: the pool's <see cref="ProcessPoolOptions.MaxAttempts"/>.
    /// </summary>
    public int? MaxAttempts { get; set; }

    /// <summary>Gets or sets what takes the task out of the pool if no worker has started it.</summary>
    internal TaskWithdrawal? Withdrawal { get; set; }
}

/// <summary>Options of a map or a stream.</summary>
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
    private const int DefaultInFlight = 256;
    private const int DefaultInFlightPerWorker = 8;

    /// <summary>
    /// Gets or sets a value that indicates whether a stream returns results in the order of the source. <see langword="false"/> returns each as soon
    /// as it is available. The default value is <see langword="true"/>.
    /// </summary>
    public bool Ordered { get; set; } = true;

    /// <summary>
    /// Gets or sets the maximum number of items in flight: read from the source, result not yet read. This bounds the memory that a stream uses. The
    /// default value is 256, or 8 for each worker if that is more.
    /// </summary>
    public int? MaxInFlight { get; set; }

    /// <summary>
    /// Gets or sets the maximum size, in bytes, of the items in flight of a stream when they are serialized. One item is always allowed. The default
    /// value is 256 MiB.
    /// </summary>
    public long MaxBytesInFlight { get; set; } = 256L << 20;

    /// <summary>
    /// Gets or sets the receiver of the call's progress: one report when the call begins, at most about ten a second while it runs, and always a last
    /// one (<see cref="PoolProgress.IsFinal"/>), also when the call fails or is cancelled, before the call's task or stream ends. It is called for
    /// one report at a time, outside of the pool's scheduling; a slow receiver gets fewer reports, and an exception that it throws is logged. A call
    /// that fails before its first task, because its arguments are not valid or the pool was disposed of, reports nothing. The default value is <see
    /// langword="null"/>: nothing is measured or reported.
    /// </summary>
    public IProgress<PoolProgress>? Progress { get; set; }

    /// <summary>
    /// Gets or sets the number of items that <see cref="PoolProgress.Total"/> reports for a source that does not know it, such as a query. It has no
    /// other effect. The default value is <see langword="null"/>: the count of the source if it has one, and otherwise unknown until its end.
    /// </summary>
    public long? ExpectedCount { get; set; }

    /// <summary>Returns how many items of a stream, and how many bytes, may be in flight.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not positive.</exception>
    internal static (int Items, long Bytes) LimitsOf(MapOptions? options, int workers)
    {
        options ??= new MapOptions();
        var items = options.MaxInFlight ?? Math.Max(DefaultInFlight, DefaultInFlightPerWorker * workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1, nameof(MaxInFlight));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBytesInFlight, 1, nameof(MaxBytesInFlight));
        return (items, options.MaxBytesInFlight);
    }
}

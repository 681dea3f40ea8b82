namespace Multiprocessing;

/// <summary>Whether a call that reports its progress runs, and how it ended.</summary>
/// <example>
/// <code>
/// var progress = new Progress&lt;PoolProgress>(now =>
/// {
///     if (now.State == PoolProgressState.Stopped)
///     {
///         Console.WriteLine($"Stopped after {now.Completed} items.");
///     }
/// });
/// await using var pool = new ProcessPool();
/// await pool.MapAsync(Enumerable.Range(0, 10), number => number * 2, new() { Progress = progress });
/// </code>
/// </example>
public enum PoolProgressState
{
    /// <summary>The call runs.</summary>
    Running,

    /// <summary>Every item has ended. The last report of a call that read its whole source.</summary>
    Completed,

    /// <summary>
    /// The call ended before all items had: an item failed, its token was cancelled, its reader left, or the pool ended. The last report of such a
    /// call.
    /// </summary>
    Stopped,
}

namespace Multiprocessing;

/// <summary>How far a pool is in its life. A status that is further down is never left for one further up.</summary>
/// <example>
/// <code>
/// var pool = new ProcessPool();
/// await pool.ShutdownAsync();
/// bool takesTasks = pool.Status == ProcessPoolStatus.Running;
/// </code>
/// </example>
public enum ProcessPoolStatus
{
    /// <summary>It takes tasks.</summary>
    Running,

    /// <summary>It was shut down or disposed: it takes no more tasks, and its workers end.</summary>
    Ending,

    /// <summary>It was shut down or disposed, and all its workers have ended.</summary>
    Ended,

    /// <summary>It gave up; <see cref="ProcessPool.Failure"/> states why. All calls fail.</summary>
    Broken,
}

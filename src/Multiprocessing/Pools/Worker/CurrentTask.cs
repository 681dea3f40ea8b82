namespace Multiprocessing;

/// <summary>The task of a pool that runs in this process.</summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// string text = await pool.RunAsync(() =>
/// {
///     CurrentTask.CancellationToken.ThrowIfCancellationRequested();
///     return $"attempt {CurrentTask.Attempt} in worker {CurrentTask.WorkerNumber} of {CurrentTask.PoolName}";
/// });
/// Console.WriteLine(text); // attempt 1 in worker 1 of Pool-1
/// </code>
/// </example>
public static class CurrentTask
{
    /// <summary>
    /// Cancelled when the task is to stop: its caller cancelled it, its map failed, or the pool is disposed. What has not ended after
    /// <see cref="ProcessPoolOptions.CancellationGrace"/> is killed. The same token arrives where the caller's own token was captured or passed as an
    /// argument. Never cancelled outside a task.
    /// </summary>
    public static CancellationToken CancellationToken => PoolWorker.Current?.Signals.Token ?? default;

    /// <summary>Which attempt this is, from 1 on; more than 1 when workers have died in this task. 0 outside a task.</summary>
    public static int Attempt => PoolWorker.Current?.Signals.Attempt ?? 0;

    /// <summary>The name of the pool, or null in a process that is no worker.</summary>
    public static string? PoolName => PoolWorker.Current?.Pool;

    /// <summary>The number of the worker in its pool, counted from 1 and never used again; 0 in a process that is no worker.</summary>
    public static int WorkerNumber => PoolWorker.Current?.Number ?? 0;
}

using Multiprocessing;

namespace Comparison.Growth;

/// <summary>Pools for curves over the number of workers.</summary>
internal static class WarmPool
{
    /// <summary>Returns a pool whose workers all run.</summary>
    public static async Task<ProcessPool> StartAsync(int workers)
    {
        var pool = new ProcessPool(new ProcessPoolOptions { Workers = workers, MinWorkers = workers });

        // No worker leaves before all have arrived.
        using (var all = new ProcessBarrier(workers))
        {
            await pool.ForEachAsync(Enumerable.Range(0, workers), _ => all.SignalAndWait()).ConfigureAwait(false);
        }

        return pool;
    }
}

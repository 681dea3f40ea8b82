using Multiprocessing;

namespace Comparison.Growth;

/// <summary>Pools for curves over the number of workers, and threads beside them.</summary>
internal static class WarmPool
{
    /// <summary>Returns the numbers of workers at which a curve is measured.</summary>
    public static IReadOnlyList<long> Sizes(bool quick) => quick ? [1, 2, 4] : [1, 2, 4, 8, 16, 32, 64, 128];

    /// <summary>Returns the nanoseconds of each of many additions of 1 by <c>Parallel.For</c>.</summary>
    public static double Threads(int workers, int count)
    {
        var results = new int[count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers };
        return Passes.Last(() => Parallel.For(0, count, options, i => results[i] = i + 1)).TotalNanoseconds / count;
    }

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

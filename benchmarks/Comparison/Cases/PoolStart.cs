using System.Diagnostics;
using Multiprocessing;

namespace Comparison.Cases;

/// <summary>Workers that are started, used and ended; CPython starts by spawn, which is the only safe way for its pools.</summary>
internal sealed class PoolStart(int workers) : Case
{
    public override string Name => "pool-start";

    public override IReadOnlyList<Figure> Figures =>
    [
        new($"{workers} workers started, used and ended (CPython: Pool)", Unit.Nanoseconds),
        new($"{workers} workers started, used and ended (CPython: ProcessPoolExecutor)", Unit.Nanoseconds),
    ];

    public override double[] Ours() => Measure().GetAwaiter().GetResult();

    public override double[]? Python() => PythonRunner.Run("pool", "start", workers, 0);

    private async Task<double[]> Measure()
    {
        var watch = Stopwatch.StartNew();
        await using (var pool = new ProcessPool(new ProcessPoolOptions { Workers = workers }))
        {
            // No worker leaves before all have arrived, so each worker has exactly one task.
            using var all = new ProcessBarrier(workers);
            await pool.MapAsync(
                Enumerable.Range(0, workers),
                number =>
                {
                    all.SignalAndWait();
                    return number;
                }).ConfigureAwait(false);
        }

        return [watch.Elapsed.TotalNanoseconds, watch.Elapsed.TotalNanoseconds];
    }
}

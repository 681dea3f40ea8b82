using System.Diagnostics;
using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// Workers that are started, used and ended, from nothing and without spares. CPython starts by spawn, the only way that is safe in a program with
/// threads, and for comparison by fork and by its fork server. The limit is as many processes of <c>/bin/true</c>, started by posix_spawn and waited for.
/// </summary>
internal sealed class PoolStart(int workers) : Case
{
    public override string Name => $"pool-start-{workers}";

    public Aim? Aim { private get; init; }

    public override IReadOnlyList<Figure> Figures =>
    [
        new($"{workers} workers started, used and ended (CPython: Pool)", Unit.Nanoseconds, Aim),
        new($"{workers} workers started, used and ended (CPython: ProcessPoolExecutor)", Unit.Nanoseconds),
        new($"{workers} workers started, used and ended (CPython: Pool, fork)", Unit.Nanoseconds),
        new($"{workers} workers started, used and ended (CPython: Pool, forkserver)", Unit.Nanoseconds),
    ];

    public override double[] Ours() => Measure().GetAwaiter().GetResult();

    public override double[]? Python() => PythonRunner.Run("pool", "start", workers, 0);

    public override double[]? Limit() => CRunner.Run("spawn", workers) is [var all] ? [all, double.NaN, double.NaN, double.NaN] : null;

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

        var elapsed = watch.Elapsed.TotalNanoseconds;
        return [elapsed, elapsed, elapsed, elapsed];
    }
}

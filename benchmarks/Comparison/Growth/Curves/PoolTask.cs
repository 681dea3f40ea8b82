using System.Diagnostics;
using Comparison.Cases;
using Comparison.Drawing;
using Multiprocessing;

namespace Comparison.Growth.Curves;

/// <summary>The number of workers of a pool that has one very short task at a time.</summary>
internal sealed class PoolTask(bool quick) : Curve
{
    private readonly int _count = quick ? 2000 : 20_000;
    private readonly int _pythonCount = quick ? 500 : 5000;

    // Of the turn that has measured the median.
    private double? _p95;
    private double? _pythonP95;

    public override string Name => "pool-task";

    public override string What => "One task at a time in a pool with many workers";

    public override string How =>
        "All workers run; one task after the other adds 1 to a number: the time from the call to the result, as median and 95th percentile of the tasks of a turn. CPython: `Pool.apply`. The aim with 128 workers is 10 us, and 20 us for the 95th percentile.";

    public override string Grows => "workers";

    public override IReadOnlyList<long> Places => WarmPool.Sizes(quick);

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("this library, median", Svg.Ours, workers => OursAsync((int)workers).GetAwaiter().GetResult()),
        new("this library, p95", Svg.Second, _ => _p95),
        new("CPython, Pool, median", Svg.Python, Python),
        new("CPython, Pool, p95", Svg.Limit, _ => _pythonP95),
    ];

    private async Task<double?> OursAsync(int workers)
    {
        _p95 = null;
        await using var pool = await WarmPool.StartAsync(workers).ConfigureAwait(false);
        _ = Passes.Last(() => PoolKinds.RoundTrip(pool, _count).GetAwaiter().GetResult());
        var durations = new List<double>(_count);
        for (var i = 0; i < _count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            _ = await pool.RunAsync(PlusOne, i).ConfigureAwait(false);
            durations.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        var sample = new Sample(durations);
        _p95 = sample.Percentile(95);
        return sample.Median;
    }

    private double? Python(long workers)
    {
        _pythonP95 = null;
        if (PythonRunner.Run("growth", "task", workers, _pythonCount) is not [var median, var p95])
        {
            return null;
        }

        _pythonP95 = p95;
        return median;
    }

    private static int PlusOne(int number) => number + 1;
}

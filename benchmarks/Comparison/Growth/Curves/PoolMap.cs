using Comparison.Cases;
using Comparison.Drawing;

namespace Comparison.Growth.Curves;

/// <summary>The number of workers of a pool that maps over very short tasks.</summary>
internal sealed class PoolMap(bool quick) : Curve
{
    private readonly int _count = quick ? 100_000 : 1_000_000;

    public override string Name => "pool-map";

    public override string What => "A map of a pool with many workers";

    public override string How =>
        $"All workers run; a map adds 1 to each of {UnitText.Count(_count)} numbers: elapsed time for each. CPython: `Pool.map`. Threads: `Parallel.For` with that many at once. The aim is a flat line.";

    public override string Grows => "workers";

    public override IReadOnlyList<long> Places => WarmPool.Sizes(quick);

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("this library", Svg.Ours, workers => OursAsync((int)workers).GetAwaiter().GetResult()),
        new("CPython, Pool", Svg.Python, workers => PythonRunner.Run("growth", "map", workers, _count)?[0]),
        new("threads, Parallel.For", Svg.Limit, workers => WarmPool.Threads((int)workers, _count)),
    ];

    private async Task<double?> OursAsync(int workers)
    {
        await using var pool = await WarmPool.StartAsync(workers).ConfigureAwait(false);
        return Passes.Last(() => PoolKinds.Map(pool, _count).GetAwaiter().GetResult()).TotalNanoseconds / _count;
    }
}

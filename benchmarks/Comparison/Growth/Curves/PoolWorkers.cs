using Comparison.Cases;
using Comparison.Drawing;

namespace Comparison.Growth.Curves;

/// <summary>The number of workers of a pool that has very short tasks.</summary>
internal sealed class PoolWorkers(bool quick) : Curve
{
    private readonly int _count = quick ? 20_000 : 200_000;
    private readonly int _pythonCount = quick ? 2000 : 20_000;

    public override string Name => "pool-workers";

    public override string What => "A pool with many workers";

    public override string How =>
        "All workers run; a stream of tasks that add 1 to a number passes through the pool, one by one: elapsed time for each. CPython: `Pool.imap_unordered` with a chunk size of 1. Threads: `Parallel.For` with that many at once.";

    public override string Grows => "workers";

    public override IReadOnlyList<long> Places => WarmPool.Sizes(quick);

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("this library", Svg.Ours, workers => OursAsync((int)workers).GetAwaiter().GetResult()),
        new("CPython, Pool", Svg.Python, workers => PythonRunner.Run("growth", "workers", workers, _pythonCount)?[0]),
        new("threads, Parallel.For", Svg.Limit, workers => WarmPool.Threads((int)workers, _count)),
    ];

    private async Task<double?> OursAsync(int workers)
    {
        await using var pool = await WarmPool.StartAsync(workers).ConfigureAwait(false);
        return Passes.Last(() => PoolKinds.Stream(pool, _count).GetAwaiter().GetResult()).TotalNanoseconds / _count;
    }
}

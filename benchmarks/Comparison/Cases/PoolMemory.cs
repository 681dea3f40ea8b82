using System.Globalization;
using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// Workers of a pool that have each done a task and wait for the next: the memory of one (mean) and the processor time of all over two seconds.
/// </summary>
internal sealed class PoolMemory(int workers) : Case
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public override string Name => "pool-memory";

    public override IReadOnlyList<Figure> Figures =>
    [
        new($"{workers} idle workers of a pool, resident memory of each", Unit.Bytes),
        new($"{workers} idle workers of a pool, proportional memory of each", Unit.Bytes),
        new($"{workers} idle workers of a pool, processor time together", Unit.Percent),
    ];

    public override double[] Ours() => Measure().GetAwaiter().GetResult();

    public override double[]? Python() => PythonRunner.Command is { } python
        ? IdleChildren.Measure(
            python, [PythonRunner.Script("pool"), "wait", workers.ToString(CultureInfo.InvariantCulture), "0"], IdleChildren.Children)
        : null;

    private async Task<double[]> Measure()
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = workers });

        // No worker leaves before all have arrived, so each worker has exactly one task.
        using (var all = new ProcessBarrier(workers))
        {
            await pool.ForEachAsync(Enumerable.Range(0, workers), _ => all.SignalAndWait()).ConfigureAwait(false);
        }

        await Task.Delay(Settling).ConfigureAwait(false);
        return ProcessUsage.Of([.. pool.ProcessIds]);
    }
}

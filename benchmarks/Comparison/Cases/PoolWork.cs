using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// One kind of work on a pool whose workers are warm, for each item; CPython's <c>Pool</c> and <c>ProcessPoolExecutor</c> do the same.
/// </summary>
/// <param name="kind">The name in the Python script.</param>
/// <param name="what">What is measured, as shown in the table.</param>
/// <param name="aim">The target.</param>
/// <param name="work">One pass with a number of items.</param>
/// <param name="workers">The number of workers.</param>
/// <param name="count">The number of items.</param>
/// <param name="pythonCount">The number of items for CPython, or the number of bytes if there is one item.</param>
internal sealed class PoolWork(string kind, string what, Aim? aim, Func<ProcessPool, int, Task> work, int workers, int count, int pythonCount) : Case
{
    public override string Name => $"pool-{kind}-{workers}";

    public override IReadOnlyList<Figure> Figures =>
    [
        new($"{what} (CPython: Pool)", Unit.Nanoseconds, aim),
        new($"{what} (CPython: ProcessPoolExecutor)", Unit.Nanoseconds),
    ];

    public override double[] Ours() => Measure().GetAwaiter().GetResult();

    public override double[]? Python() => PythonRunner.Run("pool", kind, workers, pythonCount);

    private async Task<double[]> Measure()
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = workers });
        var each = Passes.Last(() => work(pool, count).GetAwaiter().GetResult()).TotalNanoseconds / count;
        return [each, each];
    }
}

/// <summary>The kinds of work.</summary>
internal static class PoolKinds
{
    private const int PrimesBelow = 20_000;

    public static async Task RoundTrip(ProcessPool pool, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ = await pool.RunAsync(PlusOne, i).ConfigureAwait(false);
        }
    }

    public static Task Map(ProcessPool pool, int count) => pool.MapAsync(Enumerable.Range(0, count), PlusOne);

    public static async Task Stream(ProcessPool pool, int count)
    {
        await foreach (var result in pool.StreamAsync(Enumerable.Range(0, count), PlusOne).ConfigureAwait(false))
        {
            _ = result;
        }
    }

    public static Func<ProcessPool, int, Task> Payload(byte[] data) => async (pool, _) =>
    {
        var back = await pool.RunAsync(static bytes => bytes, data).ConfigureAwait(false);
        ArgumentOutOfRangeException.ThrowIfNotEqual(back.Length, data.Length);
    };

    public static Task Primes(ProcessPool pool, int count) => pool.MapAsync(Enumerable.Repeat(PrimesBelow, count), CountPrimes);

    private static int PlusOne(int number) => number + 1;

    private static int CountPrimes(int limit)
    {
        var count = 0;
        for (var number = 2; number < limit; number++)
        {
            var divisor = 2;
            while (divisor * divisor <= number && number % divisor != 0)
            {
                divisor++;
            }

            count += divisor * divisor > number ? 1 : 0;
        }

        return count;
    }
}

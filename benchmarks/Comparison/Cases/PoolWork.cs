using Multiprocessing;

namespace Comparison.Cases;

/// <summary>One kind of work on a pool whose workers are warm, for each item; CPython's <c>Pool</c> and <c>ProcessPoolExecutor</c> do the same.</summary>
/// <param name="kind">What the Python script calls it.</param>
/// <param name="what">For readers.</param>
/// <param name="aim">What is aimed at.</param>
/// <param name="work">One pass of so many items.</param>
/// <param name="workers">How many workers.</param>
/// <param name="count">How many items.</param>
/// <param name="pythonCount">How many items for CPython; or how many bytes, where the item is one of so many.</param>
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

/// <summary>The kinds.</summary>
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

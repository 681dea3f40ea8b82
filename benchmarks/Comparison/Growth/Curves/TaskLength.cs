using System.Diagnostics;
using Comparison.Drawing;
using Multiprocessing;

namespace Comparison.Growth.Curves;

/// <summary>The length of a pool's tasks: what share of the processors' time is work.</summary>
internal sealed class TaskLength(bool quick) : Curve
{
    private const long Microsecond = 1000;

    private static readonly int Workers = Environment.ProcessorCount;

    // The work of one processor in a pass, in nanoseconds.
    private readonly long _work = quick ? 50_000_000 : 500_000_000;

    public override string Name => "task-length";

    public override string What => "The share of work in the time of a pool, over the length of a task";

    public override string How =>
        "A pool with one worker for each processor maps over tasks that compute for the given time: the work divided by the elapsed time and the number of workers; 100 % is the best. CPython: `Pool.map`. Threads: `Parallel.For` with as many at once.";

    public override string Grows => "length of a task";

    public override Unit Unit => Unit.Percent;

    // In nanoseconds.
    public override IReadOnlyList<long> Places =>
    [
        .. new long[] { 1, 10, 100, 1000, 10_000, 100_000, 1_000_000 }.Take(quick ? 5 : 7).Select(static length => length * Microsecond),
    ];

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("this library", Svg.Ours, length => OursAsync(length).GetAwaiter().GetResult()),
        new("CPython, Pool", Svg.Python, length => PythonRunner.Run("growth", "length", Workers, length, Count(length))?[0] is { } elapsed ? Share(length, elapsed) : null),
        new("threads, Parallel.For", Svg.Limit, length => Share(length, Threads(length).TotalNanoseconds)),
    ];

    public override string Label(long place) => Unit.Nanoseconds.Format(place).Replace(".0", "", StringComparison.Ordinal);

    private int Count(long length) => (int)Math.Clamp(_work / length, 2, 200_000) * Workers;

    private double Share(long length, double elapsed) => 100 * (Count(length) / Workers * length) / elapsed;

    private async Task<double?> OursAsync(long length)
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = Workers, MinWorkers = Workers });
        var lengths = Enumerable.Repeat(length, Count(length));
        return Share(length, Passes.Last(() => pool.MapAsync(lengths, Compute).GetAwaiter().GetResult()).TotalNanoseconds);
    }

    private TimeSpan Threads(long length)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Workers };
        return Passes.Last(() => Parallel.For(0, Count(length), options, _ => Compute(length)));
    }

    private static int Compute(long nanoseconds)
    {
        var start = Stopwatch.GetTimestamp();
        var turns = 0;
        while (Stopwatch.GetElapsedTime(start).TotalNanoseconds < nanoseconds)
        {
            turns++;
        }

        return turns;
    }
}

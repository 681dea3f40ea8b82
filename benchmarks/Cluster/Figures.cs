using System.Diagnostics;
using System.Globalization;
using ClusterBenchmarks.Contenders;
using ClusterModel;

namespace ClusterBenchmarks;

/// <summary>Measures one contender for a turn. Times are in nanoseconds.</summary>
internal static class Figures
{
    private const int InFlight = 256;
    private static readonly byte[] Large = new byte[10 << 20];

    /// <summary>The median time of a task, one after the other.</summary>
    public static async Task<double> RoundTripAsync(Contender contender, TimeSpan turn)
    {
        var times = new List<double>();
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < turn;)
        {
            var start = Stopwatch.GetTimestamp();
            Check(await contender.AddOneAsync(times.Count).ConfigureAwait(false) == times.Count + 1);
            times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return new Sample(times).Median;
    }

    /// <summary>The time of a task with 256 in flight.</summary>
    public static async Task<double> InFlightAsync(Contender contender, TimeSpan turn) => (await InFlightCostsAsync(contender, turn).ConfigureAwait(false)).TaskNanoseconds;

    /// <summary>The same, with what each task costs.</summary>
    public static async Task<MeasuredCosts> InFlightCostsAsync(Contender contender, TimeSpan turn)
    {
        var began = Stopwatch.GetTimestamp();
        var (caller, node, bytes) = (CallerTime(), contender.NodeTime, LoopbackBytes());
        long count = 0;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async number =>
        {
            while (Stopwatch.GetElapsedTime(began) < turn)
            {
                Check(await contender.AddOneAsync(number).ConfigureAwait(false) == number + 1);
                Interlocked.Increment(ref count);
            }
        })).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(began);
        return new MeasuredCosts(
            elapsed.TotalNanoseconds / count,
            (CallerTime() - caller).TotalNanoseconds / count,
            (contender.NodeTime - node).TotalNanoseconds / count,
            (double)(LoopbackBytes() - bytes) / count);
    }

    /// <summary>The time of one task with an argument and a result of 10 MiB.</summary>
    public static async Task<double> LargeAsync(Contender contender)
    {
        var began = Stopwatch.GetTimestamp();
        Check((await contender.EchoAsync(Large).ConfigureAwait(false)).Length == Large.Length);
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds;
    }

    private static TimeSpan CallerTime()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    private static long LoopbackBytes() => long.Parse(
        File.ReadLines("/proc/net/dev").First(static line => line.TrimStart().StartsWith("lo:", StringComparison.Ordinal))
            .Split((char[])[' ', ':'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static void Check(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidOperationException("A task has returned a wrong result.");
        }
    }
}

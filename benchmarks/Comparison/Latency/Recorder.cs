using System.Diagnostics;

namespace Comparison.Latency;

/// <summary>Measures single operations for a time.</summary>
internal static class Recorder
{
    private const int Most = 2_000_000;

    /// <summary>Returns the 50th, 99th and 99.9th percentile of the durations in nanoseconds. Reading the clock is part of a duration: about 25 ns.</summary>
    public static double[] Percentiles(TimeSpan time, Func<ValueTask> operation) => PercentilesAsync(time, operation).GetAwaiter().GetResult();

    // Operations that are tasks are awaited: a thread that waits for a Task yields its processor up to 25 times before it sleeps (SpinWait), and where all processors
    // are busy each of these costs a turn of another thread, 4 ms.
    private static async Task<double[]> PercentilesAsync(TimeSpan time, Func<ValueTask> operation)
    {
        var durations = new long[Most];
        var count = 0;
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        for (var before = start; before < end && count < Most; count++)
        {
            await operation().ConfigureAwait(false);
            var after = Stopwatch.GetTimestamp();
            durations[count] = after - before;
            before = after;
        }

        Array.Sort(durations, 0, count);
        return [At(50), At(99), At(99.9)];

        double At(double percent) =>
            durations[Math.Clamp((int)Math.Ceiling(percent / 100 * count) - 1, 0, count - 1)] * (1e9 / Stopwatch.Frequency);
    }
}

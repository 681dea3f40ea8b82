using System.Diagnostics;

namespace Comparison.Latency;

/// <summary>Measures single operations for a time.</summary>
internal static class Recorder
{
    private const int Most = 2_000_000;

    /// <summary>Returns the 50th, 99th and 99.9th percentile of the durations in nanoseconds. Reading the clock is part of a duration: about 25 ns.</summary>
    public static double[] Percentiles(TimeSpan time, Action operation)
    {
        var durations = new long[Most];
        var count = 0;
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        for (var before = start; before < end && count < Most; count++)
        {
            operation();
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

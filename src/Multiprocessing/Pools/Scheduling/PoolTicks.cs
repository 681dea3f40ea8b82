using System.Diagnostics;

namespace Multiprocessing;

/// <summary>Times in ticks of the stopwatch.</summary>
internal static class PoolTicks
{
    public static readonly long Microsecond = Math.Max(Stopwatch.Frequency / 1_000_000, 1);

    public static readonly long Millisecond = Stopwatch.Frequency / 1000;

    /// <summary>Converts a time; a longer one than three years counts as three years.</summary>
    public static long Of(TimeSpan time) => (long)(Math.Min(time.TotalSeconds, 1e8) * Stopwatch.Frequency);
}

using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The distribution of measured times. Percentiles are exact to 3 %. Immutable.</summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// await pool.RunAsync(() => { });
/// TimeDistribution waiting = pool.GetInsights().Tasks[0].WaitingTime;
/// Console.WriteLine($"Half of the tasks started within {waiting.Median}, 99 % within {waiting.Percentile(0.99)}.");
/// </code>
/// </example>
public sealed class TimeDistribution
{
    private readonly long[] _counts;
    private readonly long _minimum;
    private readonly long _maximum;

    internal TimeDistribution(long[] counts, long count, long total, long minimum, long maximum)
    {
        _counts = counts;
        _minimum = minimum;
        _maximum = maximum;
        Count = count;
        Total = TimeOf(total);
    }

    /// <summary>Gets the number of times. Of tasks below 2 microseconds every eighth is measured, and counts for eight.</summary>
    public long Count { get; }

    /// <summary>Gets the sum of all times.</summary>
    public TimeSpan Total { get; }

    /// <summary>Gets the arithmetic mean, or zero if there were none.</summary>
    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : Total / Count;

    /// <summary>Gets the shortest measured time, or zero if there were none.</summary>
    public TimeSpan Minimum => TimeOf(_minimum);

    /// <summary>Gets the longest measured time, or zero if there were none.</summary>
    public TimeSpan Maximum => TimeOf(_maximum);

    /// <summary>Gets the median: half of all times are not longer.</summary>
    public TimeSpan Median => Percentile(0.5);

    /// <summary>Returns the time that a share of all times does not exceed.</summary>
    /// <param name="share">From 0 to 1: 0.99 returns the time that only one in a hundred exceeds.</param>
    /// <returns>The time, or zero if there were none.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is not from 0 to 1.</exception>
    public TimeSpan Percentile(double share)
    {
        if (!(share is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "The share must be from 0 to 1: 0.99 for the 99th percentile.");
        }

        return Count == 0 ? TimeSpan.Zero : TimeOf(TimeHistogram.Percentile(_counts, Count, _minimum, _maximum, share));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Count == 0
            ? "none"
            : $"{InsightsText.Time(Median)} in the median, {InsightsText.Time(Percentile(0.99))} at the 99th percentile, "
                + $"{InsightsText.Time(Total)} in all";

    internal static TimeSpan TimeOf(long ticks) => TimeSpan.FromTicks((long)(ticks * ((double)TimeSpan.TicksPerSecond / Stopwatch.Frequency)));
}

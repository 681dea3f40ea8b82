using System.Diagnostics;

namespace Multiprocessing;

/// <summary>How a kind of time was distributed. Percentiles are exact to 3 %. Immutable.</summary>
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

    /// <summary>How many times there were. Of tasks below 2 microseconds every eighth is measured, and counts for eight.</summary>
    public long Count { get; }

    /// <summary>The sum of all times.</summary>
    public TimeSpan Total { get; }

    /// <summary>The arithmetic mean, or zero if there were none.</summary>
    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : Total / Count;

    /// <summary>The shortest time that was measured, or zero if there were none.</summary>
    public TimeSpan Minimum => TimeOf(_minimum);

    /// <summary>The longest time that was measured, or zero if there were none.</summary>
    public TimeSpan Maximum => TimeOf(_maximum);

    /// <summary>Half of all times are not longer than this.</summary>
    public TimeSpan Median => Percentile(0.5);

    /// <summary>The time that a share of all times is not longer than.</summary>
    /// <param name="share">From 0 to 1: 0.99 gives what only one time in a hundred exceeds.</param>
    /// <returns>The time, or zero if there were none.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is not from 0 to 1.</exception>
    public TimeSpan Percentile(double share)
    {
        if (!(share is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share is from 0 to 1: 0.99 for the 99th percentile.");
        }

        return Count == 0 ? TimeSpan.Zero : TimeOf(TimeHistogram.Percentile(_counts, Count, _minimum, _maximum, share));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Count == 0 ? "none" : $"{InsightsText.Time(Median)} in the median, {InsightsText.Time(Percentile(0.99))} at the 99th percentile, {InsightsText.Time(Total)} in all";

    internal static TimeSpan TimeOf(long ticks) => TimeSpan.FromTicks((long)(ticks * ((double)TimeSpan.TicksPerSecond / Stopwatch.Frequency)));
}

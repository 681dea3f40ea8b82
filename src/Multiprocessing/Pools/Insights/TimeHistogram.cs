using System.Numerics;

namespace Multiprocessing;

/// <summary>
/// Counts times in buckets whose width is a sixteenth of their size, so that a percentile is exact to 3 % whatever the times are; the buckets of
/// HdrHistogram (G. Tene) with 4 bits. Not thread-safe: used under the pool's gate.
/// </summary>
internal sealed class TimeHistogram
{
    private const int Bits = 4;
    private const int Steps = 1 << Bits;

    // Grows to the longest time that was added: 50 octaves would be 6 KiB for each of three times of each name.
    private long[] _counts = [];

    public long Count { get; private set; }

    public long Total { get; private set; }

    public long Minimum { get; private set; } = long.MaxValue;

    public long Maximum { get; private set; }

    /// <summary>Adds a time, in ticks, that stands for <paramref name="weight"/> times.</summary>
    public void Add(long ticks, long weight)
    {
        ticks = Math.Max(ticks, 0);
        var bucket = BucketOf(ticks);
        if (bucket >= _counts.Length)
        {
            Array.Resize(ref _counts, bucket + Steps);
        }

        _counts[bucket] += weight;
        Count += weight;
        Total += ticks * weight;
        Minimum = Math.Min(Minimum, ticks);
        Maximum = Math.Max(Maximum, ticks);
    }

    public TimeDistribution ToDistribution() => new((long[])_counts.Clone(), Count, Total, Count == 0 ? 0 : Minimum, Maximum);

    /// <summary>The time, in ticks, that a share of all times does not exceed.</summary>
    public static long Percentile(long[] counts, long count, long minimum, long maximum, double share)
    {
        var rank = Math.Clamp((long)Math.Ceiling(share * count), 1, Math.Max(count, 1));
        if (rank == count)
        {
            return maximum;
        }

        var seen = 0L;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            seen += counts[bucket];
            if (seen >= rank)
            {
                var (from, width) = RangeOf(bucket);
                return Math.Clamp(from + (width / 2), minimum, maximum);
            }
        }

        return maximum;
    }

    private static int BucketOf(long ticks)
    {
        if (ticks < Steps)
        {
            return (int)ticks;
        }

        var octave = BitOperations.Log2((ulong)ticks) - Bits;
        return ((octave + 1) << Bits) + (int)((ticks >> octave) & (Steps - 1));
    }

    private static (long From, long Width) RangeOf(int bucket)
    {
        if (bucket < Steps)
        {
            return (bucket, 1);
        }

        var octave = (bucket >> Bits) - 1;
        return ((Steps + (long)(bucket & (Steps - 1))) << octave, 1L << octave);
    }
}

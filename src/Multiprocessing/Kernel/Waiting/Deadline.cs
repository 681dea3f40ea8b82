using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The moment at which a wait ends, fixed once at the call so that retries inside do not stretch it.</summary>
internal readonly struct Deadline
{
    private readonly long _at;

    private Deadline(long at) => _at = at;

    public static Deadline Never => new(long.MaxValue);

    public static Deadline Now => new(0);

    public bool IsNever => _at == long.MaxValue;

    public bool HasPassed => _at != long.MaxValue && (_at == 0 || Stopwatch.GetTimestamp() >= _at);

    /// <summary>What is left; zero when it has passed, <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (IsNever)
            {
                return TimeSpan.MaxValue;
            }

            var left = _at == 0 ? 0 : _at - Stopwatch.GetTimestamp();
            return left <= 0 ? TimeSpan.Zero : new TimeSpan((long)(left * ((double)TimeSpan.TicksPerSecond / Stopwatch.Frequency)) + 1);
        }
    }

    /// <summary>
    /// What is left in whole milliseconds, rounded up, for the runtime's timers: they count those of <see cref="Environment.TickCount64"/>, drop the rest, and may fire a part of one too early.
    /// So whoever they wake asks <see cref="HasPassed"/>; also because they take no more than some weeks.
    /// </summary>
    public TimeSpan TimerDelay => TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(Remaining.TotalMilliseconds), int.MaxValue));

    /// <exception cref="ArgumentOutOfRangeException">Negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    public static Deadline After(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return Never;
        }

        // Not ThrowIfLessThan, which would be compiled for TimeSpan at run time in every child.
        if (timeout < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A time to wait is not negative, except Timeout.InfiniteTimeSpan.");
        }

        if (timeout == TimeSpan.Zero)
        {
            return Now;
        }

        var ticks = timeout.TotalSeconds * Stopwatch.Frequency;
        return ticks >= long.MaxValue / 2 ? Never : new(Stopwatch.GetTimestamp() + (long)ticks);
    }

    /// <summary>Returns the shorter of the remaining time and <paramref name="slice"/>: how long to sleep until the next check.</summary>
    public TimeSpan Limit(TimeSpan slice)
    {
        var left = Remaining;
        return left < slice ? left : slice;
    }
}

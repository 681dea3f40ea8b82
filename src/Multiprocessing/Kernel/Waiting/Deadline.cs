using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The time at which a wait ends, fixed once at the call so that retries inside do not extend it.</summary>
internal readonly struct Deadline
{
    private readonly long _at;

    private Deadline(long at) => _at = at;

    public static Deadline Never => new(long.MaxValue);

    public static Deadline Now => new(0);

    public bool IsNever => _at == long.MaxValue;

    public bool HasPassed => _at != long.MaxValue && (_at == 0 || Stopwatch.GetTimestamp() >= _at);

    /// <summary>Gets the remaining time: zero when the deadline has passed, <see cref="TimeSpan.MaxValue"/> for never.</summary>
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
    /// Gets the remaining time in whole milliseconds, rounded up, for the runtime's timers: they count those of
    /// <see cref="Environment.TickCount64"/>, drop the rest, and may fire up to a millisecond early. So the code that they run checks
    /// <see cref="HasPassed"/>; also because they accept at most some weeks.
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
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A time-out must be zero or positive, or Timeout.InfiniteTimeSpan.");
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

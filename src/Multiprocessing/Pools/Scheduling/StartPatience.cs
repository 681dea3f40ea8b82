using System.Diagnostics;

namespace Multiprocessing;

/// <summary>Why a start did not lead to a worker that is ready.</summary>
internal enum StartFailure
{
    /// <summary>
    /// The system refused the start, or the process ended before its body. A shortage (descriptors, memory, process slots, a directory that is
    /// missing for a moment) has this effect, and passes.
    /// </summary>
    Refused,

    /// <summary>The worker died in its initializer.</summary>
    Initializer,

    /// <summary>
    /// A signal from outside ended it. That says little about the next start: a program that kills workers hits some that have just started.
    /// </summary>
    FromOutside,
}

/// <summary>
/// When a pool may try its next start after starts that failed, and when it gives up. Owns the count of failures in a row. Starts that were under way
/// together when one failed count as one: they met the same shortage. Under the loop's gate.
/// </summary>
/// <param name="maxInARow">The number of failed starts in a row at which the pool gives up.</param>
internal sealed class StartPatience(int maxInARow)
{
    // The weight of a failed start; one that was killed from outside has the weight 1.
    private const int FullWeight = 20;

    private static readonly long FirstPause = 100 * PoolTicks.Millisecond;
    private static readonly long LongestPause = 5_000 * PoolTicks.Millisecond;
    private static readonly long FirstPauseInInitializer = 20 * PoolTicks.Millisecond;
    private static readonly long LongestPauseInInitializer = 640 * PoolTicks.Millisecond;
    private static readonly long FirstPauseFromOutside = 2 * PoolTicks.Millisecond;
    private static readonly long LongestPauseFromOutside = 64 * PoolTicks.Millisecond;

    private long _weight;
    private long _lastFailedAt;

    /// <summary>The number of starts in a row that have failed.</summary>
    public int Failed { get; private set; }

    /// <summary>No start before this time, in ticks of the stopwatch.</summary>
    public long NextAt { get; private set; }

    /// <summary>The last start was refused: one at a time shows whether the shortage is over.</summary>
    public bool TriesOneByOne { get; private set; }

    public bool IsExhausted => _weight >= (long)maxInARow * FullWeight;

    /// <summary>The pause that began with the last failure.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>Counts a failed start, and begins a pause.</summary>
    /// <param name="failure">Why the worker is not ready.</param>
    /// <param name="begun">When the start began.</param>
    /// <param name="now">When it failed.</param>
    /// <returns><see langword="false"/> if it is part of a failure that was counted already.</returns>
    public bool Count(StartFailure failure, long begun, long now)
    {
        TriesOneByOne = failure == StartFailure.Refused;
        if (Failed > 0 && begun < _lastFailedAt)
        {
            return false;
        }

        _lastFailedAt = now;
        Failed++;
        _weight += failure == StartFailure.FromOutside ? 1 : FullWeight;
        var (first, longest) = failure switch
        {
            StartFailure.Initializer => (FirstPauseInInitializer, LongestPauseInInitializer),
            StartFailure.FromOutside => (FirstPauseFromOutside, LongestPauseFromOutside),
            _ => (FirstPause, LongestPause),
        };
        var pause = Math.Min(first << Math.Min(Failed - 1, 16), longest);
        NextAt = now + pause;
        Pause = TimeSpan.FromSeconds((double)pause / Stopwatch.Frequency);
        return true;
    }

    /// <summary>A worker is ready.</summary>
    public void Reset()
    {
        Failed = 0;
        _weight = 0;
        NextAt = 0;
        TriesOneByOne = false;
    }
}

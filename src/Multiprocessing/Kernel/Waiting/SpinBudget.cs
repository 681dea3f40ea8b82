using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// How long this process spins on one object before it sleeps, learned from how earlier spins ended: after several failures in a row it mostly sleeps
/// at once. Races on the counters only cost accuracy.
/// </summary>
internal struct SpinBudget
{
    private const int PollsAtOnePause = 64;
    private const int MaxPauses = 16;
    private const int PollsPerClockCheck = 16;
    private const int FailuresBeforeResting = 8;
    private const int TriesWhileResting = 16;

    private int _failures;
    private int _rests;

    /// <summary>Spins until the watched word differs from <paramref name="seen"/> (acquire). Returns whether it does.</summary>
    /// <param name="watched">The word.</param>
    /// <param name="seen">Its value at the last check.</param>
    /// <param name="budget">The longest spin, in ticks of <see cref="Stopwatch"/>.</param>
    public unsafe bool SpinWhileUnchanged(long* watched, long seen, long budget)
    {
        if (!Spin.IsUseful || IsResting())
        {
            return false;
        }

        var end = 0L;
        var pauses = 1;
        for (var poll = 0; ; poll++)
        {
            if (Volatile.Read(ref *watched) != seen)
            {
                Succeeded();
                return true;
            }

            for (var i = 0; i < pauses; i++)
            {
                Spin.Pause();
            }

            if (poll >= PollsAtOnePause && poll % PollsPerClockCheck == 0)
            {
                pauses = Math.Min(pauses * 2, MaxPauses);
                var now = Stopwatch.GetTimestamp();
                if (end == 0)
                {
                    end = now + budget;
                }
                else if (now >= end)
                {
                    Failed();
                    return false;
                }
            }
        }
    }

    /// <summary>
    /// Spins have failed lately: do not spin this time. Counts the call; one in several returns false all the same, to learn whether spinning pays
    /// again.
    /// </summary>
    public bool IsResting() => _failures >= FailuresBeforeResting && ++_rests % TriesWhileResting != 0;

    public void Succeeded() => _failures = 0;

    public void Failed() => _failures = Math.Min(_failures + 1, FailuresBeforeResting);
}

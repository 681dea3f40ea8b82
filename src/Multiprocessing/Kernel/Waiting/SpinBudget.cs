using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// How long this process spins on one object before it sleeps, learnt from how it went. Races on the counter only cost accuracy.
/// </summary>
internal struct SpinBudget
{
    private const int PollsAtOnePause = 64;
    private const int MostPauses = 16;
    private const int PollsPerLookAtTheClock = 16;
    private const int FailuresBeforeResting = 8;
    private const int TriesWhileResting = 16;

    /// <summary>For a thread that would sleep: about as long as its wake-up takes.</summary>
    public static readonly long OfSleep = Stopwatch.Frequency / 1_000_000 * 40;

    /// <summary>For one that others may need meanwhile: a pool thread that awaits.</summary>
    public static readonly long OfAwait = Stopwatch.Frequency / 1_000_000 * 20;

    private int _failures;
    private int _rests;

    /// <summary>Spins until the word at <paramref name="sequence"/> differs from <paramref name="seen"/> (acquire), and returns whether it does.</summary>
    /// <param name="sequence">The word.</param>
    /// <param name="seen">What it was.</param>
    /// <param name="budget">For how long at most, in ticks of <see cref="Stopwatch"/>.</param>
    public unsafe bool SpinWhileUnchanged(long* sequence, long seen, long budget)
    {
        if (!Spin.IsUseful)
        {
            return false;
        }

        if (_failures >= FailuresBeforeResting && ++_rests % TriesWhileResting != 0)
        {
            return false;
        }

        var end = 0L;
        var pauses = 1;
        for (var poll = 0; ; poll++)
        {
            if (Volatile.Read(ref *sequence) != seen)
            {
                _failures = 0;
                return true;
            }

            for (var i = 0; i < pauses; i++)
            {
                Spin.Pause();
            }

            if (poll >= PollsAtOnePause && poll % PollsPerLookAtTheClock == 0)
            {
                pauses = Math.Min(pauses * 2, MostPauses);
                var now = Stopwatch.GetTimestamp();
                if (end == 0)
                {
                    end = now + budget;
                }
                else if (now >= end)
                {
                    _failures = Math.Min(_failures + 1, FailuresBeforeResting);
                    return false;
                }
            }
        }
    }
}

using System.Diagnostics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// One wait on shared memory: the loop that every sleeper of this library runs, behind its fast path.
/// <code>
/// var sleep = new SleepLoop(point, deadline, WaitTimings.FirstSleep);
/// while (!condition)                                        // the check
/// {
///     if (sleep.SpinOrAnnounce(ref spin, watched, seen))    // spins, or announces the sleeper
///     {
///         continue;                                         // the check again
///     }
///
///     sleep.Sleep(slice);
/// }
/// </code>
/// <para>
/// <b>No wake-up is lost.</b> The sleeper (1) reads the point's sequence, (2) adds one to its arrivals, a full fence, (3) checks its condition again,
/// (4) sleeps while the sequence is the one it read. The notifier (a) makes its change, (b) executes a full fence, (c) reads the arrivals, (d) if
/// there are new ones raises the sequence and wakes. (2) and (b) are partners, so at least one of two holds. Either (3) sees the change (a): the
/// sleeper does not sleep. Or (c) sees the arrival (2): the notifier raises the sequence after the sleeper read it in (1), and the kernel compares it
/// before the sleep begins, as one step. A sleeper that sleeps again announces itself again: the notifier marks the arrivals as handled when it finds
/// no sleeper (<see cref="WaitPoint"/>).
/// </para>
/// <para>
/// On a word that is itself the condition (a lock word with its waiters bit, a condition's entry, a doorbell) there is one variable and no fence: the
/// change and the announcement are made to the same word, and the kernel's comparison is the check (<see cref="SleepOn"/>).
/// </para>
/// <para>
/// Sleeps are slices: after each the caller checks its condition, and as often as it needs which participants are dead. So a notifier that was killed
/// between (a) and (d) costs one slice, or nothing where its death is reported, which wakes all sleepers. Killed as sleeper after (2): the next
/// notifier makes one system call in vain.
/// </para>
/// </summary>
internal unsafe struct SleepLoop
{
    private readonly WaitPoint* _point;
    private readonly Deadline _deadline;
    private readonly TimeSpan _first;
    private int _sequence;

    /// <summary>Begins a wait at a wait point.</summary>
    /// <param name="point">Mapped until the wait is over.</param>
    /// <param name="deadline">Cuts the slices; the caller checks whether it has passed.</param>
    /// <param name="first">The longest first sleep.</param>
    public SleepLoop(WaitPoint* point, Deadline deadline, TimeSpan first)
        : this(deadline, first) => _point = point;

    /// <summary>Begins a wait on a word (<see cref="SleepOn"/>).</summary>
    /// <param name="deadline">Cuts the slices; the caller checks whether it has passed.</param>
    /// <param name="first">The longest first sleep.</param>
    public SleepLoop(Deadline deadline, TimeSpan first)
    {
        _deadline = deadline;
        _first = first;
    }

    /// <summary>
    /// How often this wait has slept. After the first time, a notification that it does not use may have been meant for another sleeper.
    /// </summary>
    public int Sleeps { get; private set; }

    public readonly bool HasSlept => Sleeps != 0;

    /// <summary>The sleeper is announced and has not slept since: the caller checks its condition and may <see cref="Sleep"/>.</summary>
    public bool IsAnnounced { get; private set; }

    /// <summary>The point was notified since the first announcement for the current sleep.</summary>
    public readonly bool WasNotified => Volatile.Read(ref _point->Sequence) != _sequence;

    /// <summary>Spins while the watched word is unchanged and spinning pays; announces the sleeper otherwise.</summary>
    /// <param name="spin">Of this kind of wait.</param>
    /// <param name="watched">Changes when the condition may hold.</param>
    /// <param name="seen">Its value from before the last check.</param>
    /// <returns>True: check the condition again. False: the condition was checked since the announcement, so sleep now.</returns>
    public bool SpinOrAnnounce(ref SpinBudget spin, long* watched, long seen)
    {
        if (IsAnnounced)
        {
            return false;
        }

        if (!spin.SpinWhileUnchanged(watched, seen, WaitTimings.SpinBeforeSleep))
        {
            Announce();
        }

        return true;
    }

    /// <summary>Announces the sleeper. Full fence, the partner of the notifier's: check the condition again before <see cref="Sleep"/>.</summary>
    public void Announce()
    {
        _sequence = WaitPoint.Announce(_point);
        IsAnnounced = true;
    }

    /// <summary>
    /// Announces the sleeper again but keeps the sequence of the first announcement: for a caller that checks only a part of its reasons between two
    /// sleeps. A notification for any other reason since the first announcement ends the sleep at once.
    /// </summary>
    public void AnnounceAgain()
    {
        _ = WaitPoint.Announce(_point);
        IsAnnounced = true;
    }

    /// <summary>Sleeps until a notification, but no longer than the slice and the deadline allow. May return early for no reason.</summary>
    public void Sleep(TimeSpan slice)
    {
        Debug.Assert(IsAnnounced, "A sleeper announces itself and then checks its condition again before it sleeps.");
        IsAnnounced = false;
        WaitPoint.Sleep(_point, _sequence, Next(slice));
    }

    /// <summary>
    /// Sleeps while the word has the expected value, but no longer than the slice and the deadline allow. May return early for no reason.
    /// </summary>
    /// <param name="word">Changes with everything that ends the wait.</param>
    /// <param name="expected">Its value at the last check, with the sleeper's announcement in it.</param>
    /// <param name="slice">After the first sleep.</param>
    public void SleepOn(int* word, int expected, TimeSpan slice) => WordWait.Wait(word, expected, Next(slice));

    private TimeSpan Next(TimeSpan slice) => _deadline.Limit(Sleeps++ == 0 && _first < slice ? _first : slice);
}

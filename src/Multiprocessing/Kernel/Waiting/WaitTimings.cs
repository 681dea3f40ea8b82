using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The times of every wait on shared memory, each with its unit and its reason. A notification ends a sleep at once; these times bound what a lost
/// process can cost, and how long a wait runs before it asks which processes are dead. They are expressions and not fields, so that no class
/// initializer runs for them in a child that starts.
/// </summary>
internal static class WaitTimings
{
    /// <summary>
    /// Milliseconds, the first sleep at a wait point: what is waited for may be impossible already because its process died unreported, and that is
    /// checked only after a sleep. A longer first sleep delays that error, a shorter one costs a second wake-up in every wait that takes a little
    /// longer.
    /// </summary>
    public static TimeSpan FirstSleep => Milliseconds(20);

    /// <summary>
    /// Milliseconds, the first sleep at a lock word. It is shorter than <see cref="FirstSleep"/> because most locks are held for microseconds: an
    /// owner killed between clearing the word and waking the next costs its waiters this time.
    /// </summary>
    public static TimeSpan FirstLockSleep => Milliseconds(5);

    /// <summary>
    /// Milliseconds, the longest sleep at a lock that guards shared state. Sleeps double up to it, so that of hundreds of processes that want one
    /// lock, as when all end at once, few are awake to check. It is shorter than <see cref="Slice"/>: such a lock is held for a few hundred
    /// instructions, so a long wait is rare and its owner probably dead.
    /// </summary>
    public static TimeSpan LongestLockSleep => Milliseconds(80);

    /// <summary>
    /// Milliseconds, the sleep between two checks of which processes live. It is the safety net and not the mechanism, and bounds the delay when a
    /// notifier was killed between its change and its wake-up. A check finds a missing process, and a check after <see cref="UnreportedGrace"/>
    /// reports its death: together less than a second. Shorter slices cost CPU time in every idle process.
    /// </summary>
    public static TimeSpan Slice => Milliseconds(450);

    /// <summary>
    /// Milliseconds: time that a process which finds another one missing leaves that one's parent to report the exit status; then it is reported as
    /// unknown.
    /// </summary>
    public const long UnreportedGrace = 400;

    /// <summary>
    /// Milliseconds, the slice while a process is missing and unreported: a quarter of the grace, so that its end is noticed with little delay.
    /// </summary>
    public static TimeSpan SliceWhileMissing => Milliseconds(UnreportedGrace / 4);

    /// <summary>Seconds, the sleep of a thread that has nothing to check: a notification wakes it, and a missed one ends with its process.</summary>
    public static TimeSpan Idle => Milliseconds(30_000);

    /// <summary>
    /// Milliseconds between two searches for dead participants by one object of this process, unless a death was reported in between: a search asks
    /// the operating system about each participant.
    /// </summary>
    public const long SearchInterval = 200;

    /// <summary>Milliseconds between two questions to the operating system by callers that only try a lock, which may do so in a loop.</summary>
    public const long TryInterval = 50;

    /// <summary>
    /// Seconds for which one owner may hold the lock inside one object before waiters give up with an error. Such a lock is held for the copying of
    /// one message at most, so a longer time means that the owner is stopped (SIGSTOP, a debugger).
    /// </summary>
    public static TimeSpan StoppedOwner => Milliseconds(10_000);

    /// <summary>
    /// Seconds, the same for the tables that all processes of a session share: under their lock a file may be deleted, and an error there fails more
    /// than one object.
    /// </summary>
    public static TimeSpan StoppedOwnerOfTable => Milliseconds(30_000);

    /// <summary>
    /// Seconds that a thread waits while another thread of its process opens or releases the segment that it wants. The other one waits for at most
    /// one lock of an object and the table lock, so a longer time means that it is suspended by a debugger.
    /// </summary>
    public static TimeSpan Claim => Milliseconds(60_000);

    /// <summary>
    /// Seconds that a process which leaves a session waits for others that are slow or stopped. What it cannot remove then is a leftover, removed by
    /// the next process.
    /// </summary>
    public static TimeSpan Leaving => Milliseconds(2_000);

    /// <summary>
    /// 40 microseconds in ticks of <see cref="Stopwatch"/>, the longest spin of a thread that would sleep: about as long as its wake-up by the kernel
    /// takes.
    /// </summary>
    public static readonly long SpinBeforeSleep = Stopwatch.Frequency / 1_000_000 * 40;

    /// <summary>
    /// 20 microseconds in ticks of <see cref="Stopwatch"/>, the longest spin before an await: shorter, because other work may need the thread of the
    /// thread pool.
    /// </summary>
    public static readonly long SpinBeforeAwait = Stopwatch.Frequency / 1_000_000 * 20;

    /// <summary>
    /// Pauses of the processor, some microseconds: the spin before a sleep at a lock word, about as long as the lock is held by an owner that runs.
    /// </summary>
    public const int LockSpins = 100;

    private static TimeSpan Milliseconds(long count) => new(count * TimeSpan.TicksPerMillisecond);
}

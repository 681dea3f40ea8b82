using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// A lock word in shared memory that names its owner: waiters:1 | generation:15 | slot+1:16 (from the high bit down), 0 when free.
/// It guards a few hundred instructions of pointer arithmetic and is taken over on proof of the owner's death, never on a time-out.
/// <para>
/// Killed as owner: the word still names the dead process; the next one that tries or wakes proves the death and takes the lock over by CAS. Killed
/// between clearing the word and waking: a sleeper wakes after its slice. Killed asleep: the waiters bit may be set without a waiter, which costs the
/// next owner one system call. Killed during a takeover: the word names a dead process again.
/// </para>
/// </summary>
internal static unsafe class OwnerLock
{
    /// <summary>The word's sign bit: its owner wakes a sleeper when it exits.</summary>
    public const int Waiters = 1 << 31;

    public enum Result
    {
        Entered,

        /// <summary>Entered after its owner died in the critical section: what it guards may be half done.</summary>
        Recovered,
        TimedOut,
    }

    public static int WordOf(ParticipantId participant) => ((participant.Generation & 0x7FFF) << 16) | (participant.Slot + 1);

    /// <summary>The participant that the word names. Only the low 15 bits of the generation are known.</summary>
    public static (int Slot, int Generation) OwnerOf(int word) => ((word & 0xFFFF) - 1, (word >> 16) & 0x7FFF);

    /// <summary>
    /// Returns whether the word names that participant as its owner; for assertions, as it does not know which thread of the process is inside.
    /// </summary>
    public static bool IsOwnedBy(int* word, int self) => (Volatile.Read(ref *word) & ~Waiters) == self;

    /// <summary>Acquire on success: what the last owner wrote is visible.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryEnter(int* word, int self) => Interlocked.CompareExchange(ref *word, self, 0) == 0;

    /// <summary>Sets the waiters bit in an owned word. Returns false when the word is not <paramref name="seen"/> any more.</summary>
    public static bool TryAnnounce(int* word, ref int seen)
    {
        if (seen >= 0 && Interlocked.CompareExchange(ref *word, seen | Waiters, seen) != seen)
        {
            return false;
        }

        seen |= Waiters;
        return true;
    }

    /// <summary>Takes the lock from a dead owner: with the waiters bit, for others may sleep.</summary>
    public static bool TryTakeOver(int* word, int seen, int self)
    {
        if (Interlocked.CompareExchange(ref *word, self | Waiters, seen) != seen)
        {
            return false;
        }

        KillPoints.Pass(KillPoint.LockTakenOver);
        return true;
    }

    /// <summary>
    /// Waits for the lock, at most until <paramref name="deadline"/>. After every sleep that found the word unchanged it checks whether the owner is
    /// alive.
    /// </summary>
    /// <param name="word">The lock.</param>
    /// <param name="participants">The processes that may own it.</param>
    /// <param name="deadline">When the wait ends.</param>
    /// <param name="cancellationToken">Ends the wait; it is checked between two sleeps.</param>
    /// <param name="stoppedAfter">
    /// If not zero, the wait continues beyond the deadline until one owner has held the lock for this time, as seen from here: only then is that
    /// owner stopped. A lock that passes from owner to owner, however many want it, never times out.
    /// </param>
    /// <exception cref="OperationCanceledException">The token fired; the lock is not held.</exception>
    public static Result Enter(
        int* word, ParticipantTable participants, Deadline deadline, CancellationToken cancellationToken = default, TimeSpan stoppedAfter = default)
    {
        var self = participants.SelfWord;
        if (TryEnter(word, self))
        {
            KillPoints.Pass(KillPoint.LockEntered);
            return Result.Entered;
        }

        var wait = new OwnerWait(word, self, stoppedAfter == TimeSpan.Zero ? deadline : Deadline.Never);
        if (wait.TrySpin())
        {
            return Result.Entered;
        }

        var owner = 0;
        var since = 0L;
        while (true)
        {
            if (wait.TryEnter())
            {
                return Result.Entered;
            }

            if ((wait.Seen & ~Waiters) != owner)
            {
                owner = wait.Seen & ~Waiters;
                since = Stopwatch.GetTimestamp();
            }

            if (!wait.TryAnnounce())
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.HasPassed && (stoppedAfter == TimeSpan.Zero || Stopwatch.GetElapsedTime(since) >= stoppedAfter))
            {
                return Result.TimedOut;
            }

            wait.Sleep(SliceAfter(wait.Sleeps, self));
            if (wait.IsOwnerDead(participants) && wait.TryTakeOver())
            {
                return Result.Recovered;
            }
        }
    }

    /// <summary>Release, and a full fence: a notify right after needs none of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exit(int* word)
    {
        Debug.Assert(Volatile.Read(ref *word) != 0, "A lock is exited that no process owns: the caller did not enter it.");
        if (Interlocked.Exchange(ref *word, 0) < 0)
        {
            KillPoints.Pass(KillPoint.LockFreed);
            WordWait.Wake(word, 1);
        }
    }

    /// <summary>
    /// Doubles with every sleep, and adds up to half of it by chance, so that waiters which began together do not check together each time.
    /// </summary>
    private static TimeSpan SliceAfter(int sleeps, int self)
    {
        var slice = Math.Min(WaitTimings.FirstLockSleep.Ticks << Math.Min(sleeps, 8), WaitTimings.LongestLockSleep.Ticks);
        var chance = (uint)(Stopwatch.GetTimestamp() ^ self) * 2654435761u >> 16;
        return new TimeSpan(slice + (slice / 2 * chance >> 16));
    }

    /// <summary>Creates the error of a wait for a lock that guards shared state, whose owner lives and does not release it.</summary>
    /// <param name="what">What the lock guards, as the subject of a sentence.</param>
    /// <param name="word">The lock.</param>
    /// <param name="participants">The participants of its session.</param>
    public static TimeoutException StoppedOwner(string what, int* word, ParticipantTable participants) => new(
        $"{what} is locked by {Describe(word, participants)}, which is alive and does not run. Is it stopped (SIGSTOP, a debugger)?");

    /// <summary>The owner, for messages.</summary>
    public static string Describe(int* word, ParticipantTable participants)
    {
        var seen = Volatile.Read(ref *word);
        return seen == 0 ? "no process" : $"process {participants.ProcessIdOf(OwnerOf(seen).Slot)}";
    }
}

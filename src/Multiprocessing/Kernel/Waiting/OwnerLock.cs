using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// A lock word in shared memory that names its owner: waiters:1 | generation:15 | slot+1:16 (from the high bit down), 0 when free.
/// It guards a few hundred instructions of pointer arithmetic and is taken over on proof of the owner's death, never on a time-out.
/// <para>
/// Killed as owner: the word goes on naming the dead; the next one to come or to wake proves the death and takes it over by CAS. Killed between clearing the
/// word and waking: a sleeper wakes after its slice. Killed asleep: the waiters bit may be set for nobody, which costs the next owner one system call.
/// Killed during a takeover: the word names a dead process again.
/// </para>
/// </summary>
internal static unsafe class OwnerLock
{
    private const int Waiters = 1 << 31;
    private const int SpinTries = 100;

    // Each sleep is longer than the one before: of hundreds of processes that want one lock, as when they all end at once, hardly any may be awake only to look.
    private const int ShortestSlice = 5;
    private const int LongestSlice = 80;

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

    /// <summary>Acquire on success: what the last owner wrote is visible.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryEnter(int* word, int self) => Interlocked.CompareExchange(ref *word, self, 0) == 0;

    /// <summary>Waits for the lock, at most until <paramref name="deadline"/>; the owner's life is looked at after every sleep that found the word unchanged.</summary>
    /// <param name="word">The lock.</param>
    /// <param name="participants">Who the owner may be.</param>
    /// <param name="deadline">Until when the caller waits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="patience">
    /// If not zero, the wait also goes on until one owner has had the lock for that long, seen from here: only then is it stopped. A lock that goes from one to the other, however many want it, never times out.
    /// </param>
    /// <exception cref="OperationCanceledException">The token fired; the lock is not held.</exception>
    public static Result Enter(int* word, ParticipantTable participants, Deadline deadline, CancellationToken cancellationToken = default, TimeSpan patience = default)
    {
        var self = participants.SelfWord;
        if (TryEnter(word, self))
        {
            KillPoints.Pass(KillPoint.LockEntered);
            return Result.Entered;
        }

        for (var tries = Spin.IsUseful ? SpinTries : 0; tries > 0; tries--)
        {
            Spin.Pause();
            if (Volatile.Read(ref *word) == 0 && TryEnter(word, self))
            {
                KillPoints.Pass(KillPoint.LockEnteredBySpinning);
                return Result.Entered;
            }
        }

        var slice = ShortestSlice;
        var owner = 0;
        var since = 0L;
        while (true)
        {
            var seen = Volatile.Read(ref *word);
            if ((seen & ~Waiters) != owner)
            {
                owner = seen & ~Waiters;
                since = Stopwatch.GetTimestamp();
            }

            if (seen == 0)
            {
                // The bit goes in with us: we do not know whether others sleep, and a bit too many costs a system call where one too few costs a slice.
                if (Interlocked.CompareExchange(ref *word, self | Waiters, 0) == 0)
                {
                    KillPoints.Pass(KillPoint.LockEnteredAfterSleep);
                    return Result.Entered;
                }

                continue;
            }

            if ((seen & Waiters) == 0)
            {
                if (Interlocked.CompareExchange(ref *word, seen | Waiters, seen) != seen)
                {
                    continue;
                }

                seen |= Waiters;
                KillPoints.Pass(KillPoint.LockSleepAnnounced);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.HasPassed && (patience == TimeSpan.Zero || Stopwatch.GetElapsedTime(since) >= patience))
            {
                return Result.TimedOut;
            }

            var sleep = TimeSpan.FromMilliseconds(slice + Jitter(slice, self));
            WordWait.Wait(word, seen, patience == TimeSpan.Zero ? deadline.Slice(sleep) : sleep);
            KillPoints.Pass(KillPoint.LockSlept);
            slice = Math.Min(slice * 2, LongestSlice);

            // After every return, not after time-outs only: frequent wake-ups for other reasons would starve the look at the owner.
            if (Volatile.Read(ref *word) == seen
                && !participants.IsAliveWord(seen)
                && Interlocked.CompareExchange(ref *word, self | Waiters, seen) == seen)
            {
                KillPoints.Pass(KillPoint.LockTakenOver);
                return Result.Recovered;
            }
        }
    }

    /// <summary>Release, and a full fence: a notify right after needs none of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exit(int* word)
    {
        if (Interlocked.Exchange(ref *word, 0) < 0)
        {
            KillPoints.Pass(KillPoint.LockFreed);
            WordWait.Wake(word, 1);
        }
    }

    /// <summary>Up to half of the slice more, so that those who came together do not look together each time.</summary>
    private static int Jitter(int slice, int self) => (int)(((uint)(Stopwatch.GetTimestamp() ^ self) * 2654435761u >> 16) % (uint)((slice / 2) + 1));

    /// <summary>For messages: who has it now.</summary>
    public static string Describe(int* word, ParticipantTable participants)
    {
        var seen = Volatile.Read(ref *word);
        return seen == 0 ? "nobody" : $"process {participants.ProcessIdOf(OwnerOf(seen).Slot)}";
    }
}

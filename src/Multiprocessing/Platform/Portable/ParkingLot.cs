using System.Diagnostics;

namespace Multiprocessing.Platform.Portable;

/// <summary>
/// Sleeping on words of shared memory where the system cannot: a table of sleepers in a file beside the memory, and a bell for each.
/// <para>
/// A sleeper takes a place, writes which word it sleeps on, is waiting (full fence), looks at the word once more, and sleeps until its bell rings or the time is
/// over. A waker, whose change of the word lies before a full fence, looks for places that wait for the word, turns each by CAS from waiting to woken, and rings.
/// Either the sleeper sees the change or the waker sees the sleeper.
/// </para>
/// <para>
/// Killed as sleeper: the place waits for nobody; who rings finds no bell, frees the place and wakes another one instead. Killed before it waits, or when it was woken:
/// the place is taken until all are, and then whoever needs one looks whose they are. Killed as waker between the CAS and the bell: the sleeper finds itself woken when its time is over.
/// </para>
/// </summary>
internal sealed unsafe class ParkingLot
{
    // Below the memory's own directory, whose files are all segments.
    private const string DirectoryName = "parking";
    private const string FileName = "table";
    private const int Places = 4096;
    private const int HeaderSize = 64;
    private const int TicketOffset = 0;
    private const int UsedOffset = 8;
    private const long FileSize = HeaderSize + (Places * ParkedSleeper.Size);

    // Where no place or no bell is to be had: no memory, no descriptors, the directory removed at the session's end. Then a sleep is a short one, and looks again.
    private static readonly TimeSpan ShortSleep = TimeSpan.FromMilliseconds(5);

    private readonly string _directory;
    private readonly byte* _base;

    private ParkingLot(string directory, byte* address)
    {
        _directory = directory;
        _base = address;
    }

    ~ParkingLot() => ParkingMemory.Unmap(_base, FileSize);

    private ParkedSleeper* Sleepers => (ParkedSleeper*)(_base + HeaderSize);

    /// <summary>How many places were ever taken: those behind need not be looked at.</summary>
    private ref int Used => ref *(int*)(_base + UsedOffset);

    public static ParkingLot? Open(string memory, bool create)
    {
        var directory = Path.Combine(memory, DirectoryName);
        var address = ParkingMemory.Open(Path.Combine(directory, FileName), FileSize, create);
        return address == null ? null : new ParkingLot(directory, address);
    }

    public static void SleepShortly(TimeSpan timeout) => Thread.Sleep(timeout < ShortSleep ? timeout : ShortSleep);

    /// <summary>Full fence between being announced and looking at the word.</summary>
    public void Sleep(ulong key, int* word, int expected, TimeSpan timeout)
    {
        var index = Take(out var owner);
        if (index < 0)
        {
            SleepShortly(timeout);
            return;
        }

        var sleeper = Sleepers + index;
        using (var bell = Bell.Open(_directory, index))
        {
            if (bell is null)
            {
                SleepShortly(timeout);
            }
            else
            {
                sleeper->Key = key;
                sleeper->Ticket = (ulong)Interlocked.Increment(ref *(long*)(_base + TicketOffset));
                var waiting = ParkedSleeper.With(owner, ParkedSleeper.State.Waiting);
                Interlocked.Exchange(ref sleeper->Owner, waiting);
                if (Volatile.Read(ref *word) == expected)
                {
                    WaitForBell(bell, sleeper, waiting, timeout);
                }

                // Before the bell goes: a waker that finds none and the place still woken takes us for dead.
                if (Interlocked.CompareExchange(ref sleeper->Owner, owner, waiting) != waiting)
                {
                    Interlocked.CompareExchange(ref sleeper->Owner, owner, ParkedSleeper.With(owner, ParkedSleeper.State.Woken));
                }
            }
        }

        // By CAS: somebody who took us for dead, because the directory with our bell was removed, may have given the place away.
        Interlocked.CompareExchange(ref sleeper->Owner, ParkedSleeper.Next(owner, 0, ParkedSleeper.State.Free), owner);
        GC.KeepAlive(this);
    }

    /// <summary>Wakes those who have slept longest; returns how many it woke. The caller's change of the word must be separated from this call by a full fence.</summary>
    public int Wake(ulong key, int count)
    {
        Interlocked.MemoryBarrier();

        // Not those who come from here on: who is woken may sleep again on the same word at once.
        var last = Volatile.Read(ref *(ulong*)(_base + TicketOffset));
        var woken = 0;
        while (woken < count)
        {
            var index = FindOldest(key, last, out var waiting);
            if (index < 0)
            {
                break;
            }

            woken += Wake(index, waiting) ? 1 : 0;
        }

        GC.KeepAlive(this);
        return woken;
    }

    /// <summary>How many sleep on the word now.</summary>
    internal int CountSleepers(ulong key)
    {
        var count = 0;
        for (var i = 0; i < Math.Min(Volatile.Read(ref Used), Places); i++)
        {
            var isWaiting = ParkedSleeper.StateOf(Volatile.Read(ref Sleepers[i].Owner)) is ParkedSleeper.State.Waiting;
            count += isWaiting && Volatile.Read(ref Sleepers[i].Key) == key ? 1 : 0;
        }

        GC.KeepAlive(this);
        return count;
    }

    private static void WaitForBell(Bell bell, ParkedSleeper* sleeper, ulong waiting, TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref sleeper->Owner) == waiting)
        {
            // A bell may ring for somebody who had the place before.
            var left = timeout - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            bell.Wait(left);
        }
    }

    private int FindOldest(ulong key, ulong last, out ulong waiting)
    {
        var best = -1;
        var bestTicket = last;
        waiting = 0;
        var used = Math.Min(Volatile.Read(ref Used), Places);
        for (var i = 0; i < used; i++)
        {
            var sleeper = Sleepers + i;
            var owner = Volatile.Read(ref sleeper->Owner);
            if (ParkedSleeper.StateOf(owner) is not ParkedSleeper.State.Waiting || Volatile.Read(ref sleeper->Key) != key)
            {
                continue;
            }

            // Key and ticket may be of another sleep than the owner that was read; then the CAS on the owner fails.
            var ticket = Volatile.Read(ref sleeper->Ticket);
            if (best < 0 ? ticket <= last : ticket < bestTicket)
            {
                (best, bestTicket, waiting) = (i, ticket, owner);
            }
        }

        return best;
    }

    private bool Wake(int index, ulong waiting)
    {
        var sleeper = Sleepers + index;
        var woken = ParkedSleeper.With(waiting, ParkedSleeper.State.Woken);
        if (Interlocked.CompareExchange(ref sleeper->Owner, woken, waiting) != waiting)
        {
            return false;
        }

        if (Bell.Ring(_directory, index))
        {
            return true;
        }

        // No bell: it died as a sleeper, unless it has seen meanwhile that it was woken.
        if (Volatile.Read(ref sleeper->Owner) != woken)
        {
            return true;
        }

        Interlocked.CompareExchange(ref sleeper->Owner, ParkedSleeper.Next(woken, 0, ParkedSleeper.State.Free), woken);
        return false;
    }

    private int Take(out ulong owner)
    {
        while (true)
        {
            var used = Math.Min(Volatile.Read(ref Used), Places);
            for (var i = 0; i < used; i++)
            {
                var seen = Volatile.Read(ref Sleepers[i].Owner);
                if (ParkedSleeper.StateOf(seen) is ParkedSleeper.State.Free && TryTake(i, seen, out owner))
                {
                    return i;
                }
            }

            if (used == Places)
            {
                return TakeFromDead(out owner);
            }

            // Killed behind it: one place more to look at.
            Interlocked.CompareExchange(ref Used, used + 1, used);
        }
    }

    private int TakeFromDead(out ulong owner)
    {
        for (var i = 0; i < Places; i++)
        {
            var seen = Volatile.Read(ref Sleepers[i].Owner);
            if (ParkedSleeper.StateOf(seen) is not ParkedSleeper.State.Free
                && !ProcessIdentity.IsRunning(ParkedSleeper.ProcessOf(seen), 0)
                && TryTake(i, seen, out owner))
            {
                return i;
            }
        }

        owner = 0;
        return -1;
    }

    private bool TryTake(int index, ulong seen, out ulong owner)
    {
        owner = ParkedSleeper.Next(seen, Environment.ProcessId, ParkedSleeper.State.Taken);
        return Interlocked.CompareExchange(ref Sleepers[index].Owner, owner, seen) == seen;
    }
}

using System.Diagnostics;

namespace Multiprocessing.Platform.Portable;

/// <summary>
/// Sleeps on words of shared memory where the system cannot: a table of sleepers in a file beside the memory, and a bell for each sleeper.
/// <para>
/// A sleeper takes a slot, writes the key of its word, sets the state to waiting (full fence), reads the word once more, and sleeps until its bell
/// rings or the time has elapsed. A waker, which has changed the word before a full fence, searches the slots for sleepers on the word, changes each
/// by CAS from waiting to woken, and rings. Either the sleeper sees the change or the waker sees the sleeper.
/// </para>
/// <para>
/// A sleeper that is killed while it waits: the waker finds no bell, frees the slot and wakes another sleeper instead. A sleeper that is killed
/// before it waits, or after it was woken: the slot stays taken until all slots are; then a process that needs one checks their owners. A waker that
/// is killed between the CAS and the bell: the sleeper notices that it was woken when its time has elapsed.
/// </para>
/// </summary>
internal sealed unsafe class ParkingLot
{
    // Below the directory of the memory, in which every file is a segment.
    private const string DirectoryName = "parking";
    private const string FileName = "table";
    private const int Places = 4096;
    private const int HeaderSize = 64;
    private const int TicketOffset = 0;
    private const int UsedOffset = 8;
    private const long FileSize = HeaderSize + (Places * ParkedSleeper.Size);

    // If no slot or no bell is available (no memory, no descriptors, the directory removed at the session's end), a sleep is short and the caller
    // checks again.
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

    /// <summary>The number of slots that were ever taken: the slots after them need not be searched.</summary>
    private ref int Used => ref *(int*)(_base + UsedOffset);

    public static ParkingLot? Open(string memory, bool create)
    {
        var directory = Path.Combine(memory, DirectoryName);
        var address = ParkingMemory.Open(Path.Combine(directory, FileName), FileSize, create);
        return address == null ? null : new ParkingLot(directory, address);
    }

    public static void SleepShortly(TimeSpan timeout) => Thread.Sleep(timeout < ShortSleep ? timeout : ShortSleep);

    /// <summary>Has a full fence between the announcement of the sleeper and the read of the word; it pairs with the fence of the waker.</summary>
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

                // Before the bell is closed: a waker that finds no bell and a slot that is still woken assumes that the sleeper is dead.
                if (Interlocked.CompareExchange(ref sleeper->Owner, owner, waiting) != waiting)
                {
                    Interlocked.CompareExchange(ref sleeper->Owner, owner, ParkedSleeper.With(owner, ParkedSleeper.State.Woken));
                }
            }
        }

        // By CAS: another process that assumed this sleeper dead, because the directory with its bell was removed, may have reused the slot.
        Interlocked.CompareExchange(ref sleeper->Owner, ParkedSleeper.Next(owner, 0, ParkedSleeper.State.Free), owner);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Wakes the sleepers that have slept longest, and returns how many it woke. A full fence must separate the caller's change of the word from this
    /// call.
    /// </summary>
    public int Wake(ulong key, int count)
    {
        Interlocked.MemoryBarrier();

        // Not sleepers that arrive from now on: a woken one may sleep again on the same word at once.
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

    /// <summary>Returns how many sleep on the word now.</summary>
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
            // A bell may ring for an earlier sleeper of the slot.
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

            // Key and ticket may belong to another sleep than the owner that was read. Then the CAS on the owner fails.
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

        // No bell: the sleeper died, unless it has noticed in the meantime that it was woken.
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

            // A kill after this line leaves one more slot to search.
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

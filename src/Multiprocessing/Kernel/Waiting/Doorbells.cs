using System.Numerics;

namespace Multiprocessing;

/// <summary>
/// Asynchronous waiting without a thread per waiter. A waiter sets its process's bit in the wait point and enlists in this process. A notifier clears
/// the bits and rings the doorbells of those processes: each is a word that one thread of the process, the dispatcher, sleeps on. The dispatcher
/// scans all waiters of the process.
/// <para>
/// Killed between clearing a bit and ringing: the waiters check again after the slice, or when the death is reported, which rings in all processes.
/// </para>
/// </summary>
internal sealed unsafe class Doorbells(ParticipantTable participants, Liveness liveness)
{
    private readonly Lock _gate = new();
    private readonly HashSet<AsyncWaiters> _waited = new(ReferenceEqualityComparer.Instance);
    private AsyncWaiters[] _snapshot = [];
    private Thread? _dispatcher;
    private volatile bool _stopped;

    /// <summary>
    /// Clears the point's bits and rings the processes whose bits were set. The calling thread scans the waiters of its own process, which saves a
    /// wake-up.
    /// </summary>
    public void Ring(WaitPoint* point)
    {
        // The flag before the bits: a waiter that sets its bit after this reads the word sets the flag after it was cleared here.
        Interlocked.Exchange(ref point->AsyncArmed, 0);
        KillPoints.Pass(KillPoint.RingDisarmed);
        for (var word = 0; word < ParticipantTable.Capacity / 64; word++)
        {
            if (Volatile.Read(ref point->AsyncMask[word]) == 0)
            {
                continue;
            }

            var bits = Interlocked.Exchange(ref point->AsyncMask[word], 0);
            KillPoints.Pass(KillPoint.RingBitsTaken);
            while (bits != 0)
            {
                var slot = (word * 64) + BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                if (slot == participants.Self.Slot)
                {
                    ScanHere(point);
                }
                else
                {
                    participants.Ring(slot);
                }
            }
        }
    }

    /// <summary>Gets whether this process has a waiter.</summary>
    public bool IsUsed => Volatile.Read(ref _snapshot).Length > 0;

    /// <summary>From now on the dispatcher scans <paramref name="waiters"/>.</summary>
    public void Add(AsyncWaiters waiters)
    {
        var first = false;
        lock (_gate)
        {
            if (!_waited.Add(waiters))
            {
                return;
            }

            _snapshot = [.. _waited];
            first = _waited.Count == 1;
            if (_dispatcher is null && !_stopped)
            {
                StartDispatcher(waiters);
                return;
            }
        }

        if (first)
        {
            // It sleeps for a long time while there are no waiters.
            participants.Ring(participants.Self.Slot);
        }
    }

    /// <summary>The field is set last: later waiters must not rely on a dispatcher that could not start.</summary>
    private void StartDispatcher(AsyncWaiters waiters)
    {
        try
        {
            var dispatcher = LastResort.NewThread(EntryPoint.Doorbell, "multiprocessing doorbell", Dispatch, _ => OnDispatcherFailed());
            dispatcher.Start();
            _dispatcher = dispatcher;
        }
        catch
        {
            _waited.Remove(waiters);
            _snapshot = [.. _waited];
            throw;
        }
    }

    public void Remove(AsyncWaiters waiters)
    {
        lock (_gate)
        {
            if (_waited.Remove(waiters))
            {
                _snapshot = [.. _waited];
            }
        }
    }

    public void Stop()
    {
        _stopped = true;
        participants.Ring(participants.Self.Slot);
    }

    private void ScanHere(WaitPoint* point)
    {
        foreach (var waiters in Volatile.Read(ref _snapshot))
        {
            if (waiters.Point == point)
            {
                waiters.Scan();
            }
        }
    }

    /// <summary>
    /// All waiters check again: one that finds the same error throws it to its caller, and one that continues to wait starts the next dispatcher.
    /// </summary>
    private void OnDispatcherFailed()
    {
        AsyncWaiters[] waited;
        lock (_gate)
        {
            _dispatcher = null;
            waited = [.. _waited];
        }

        foreach (var waiters in waited)
        {
            waiters.ReleaseAll();
        }
    }

    private void Dispatch()
    {
        // The doorbell is read before the scan, which arms the wait points: a ring since then has changed it. With no asynchronous waiter there is
        // nothing to check: enlisting the first one rings.
        var doorbell = &participants[participants.Self.Slot]->Doorbell;
        var sleep = new SleepLoop(Deadline.Never, first: TimeSpan.MaxValue);
        while (!_stopped)
        {
            var seen = Volatile.Read(ref *doorbell);
            var waited = Volatile.Read(ref _snapshot);
            foreach (var waiters in waited)
            {
                LastResort.Run(EntryPoint.AsyncScan, waiters, static waiters => waiters.Scan(), static (waiters, _) => waiters.ReleaseAll());
            }

            sleep.SleepOn(doorbell, seen, waited.Length == 0 ? WaitTimings.Idle : liveness.SliceNow);
        }

        GC.KeepAlive(participants);
    }
}

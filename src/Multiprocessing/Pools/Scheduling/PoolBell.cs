using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Where the pool's thread sleeps until a worker has a reply or a caller has added something. Owns the bell's segment, which all workers of the pool
/// map, and the count of callers that poll for replies.
/// <para>
/// A worker can write over the segment, on purpose or not. So whether the thread sleeps, and how many callers poll, is also kept in this process;
/// what the segment says of it only decides whether a worker wakes the thread.
/// </para>
/// </summary>
internal sealed unsafe class PoolBell : IDisposable
{
    private readonly BellLayout* _words;
    private SleepLoop _sleep;
    private volatile bool _isAsleep;
    private int _spinningCallers;

    public PoolBell(Session session)
    {
        Memory = PoolMemory.CreateBell(session);
        _words = (BellLayout*)Memory.Base;
        _sleep = new SleepLoop(&_words->Replies, Deadline.Never, first: TimeSpan.MaxValue);
    }

    public PoolMemory Memory { get; }

    /// <summary>Callers poll for replies, so workers wake no thread.</summary>
    public bool HasSpinningCallers => Volatile.Read(ref _words->SpinningCallers) != 0;

    /// <summary>Wakes the pool's thread if it sleeps. Called after the inbox was written.</summary>
    public void Wake()
    {
        // After the inbox's own full fence; its partner is the one in AnnounceSleep.
        Interlocked.MemoryBarrier();
        if (_isAsleep)
        {
            WaitPoint.WakeAll(&_words->Replies); // this process's own flag: a worker may have written over the sleepers in the segment
        }
    }

    /// <summary>
    /// Announces that the pool's thread is about to sleep. A full fence: a thread that adds to the inbox from here on finds the flag. The thread
    /// checks for work after this call and before <see cref="Sleep"/>.
    /// </summary>
    public void AnnounceSleep()
    {
        _isAsleep = true;
        _sleep.Announce();
    }

    /// <summary>Sleeps until <see cref="Wake"/>, a worker's notification, or the time in ticks of the stopwatch.</summary>
    public void Sleep(long until)
    {
        var left = until - Stopwatch.GetTimestamp();
        if (left > 0)
        {
            _sleep.Sleep(TimeSpan.FromSeconds((double)left / Stopwatch.Frequency));
        }
    }

    public void EndSleep() => _isAsleep = false;

    /// <summary>
    /// A worker may have written over the count of polling callers, and then no worker would wake the pool. If no caller of this process polls, the
    /// count is 0. A caller that begins to poll meanwhile changes the word before this does, or finds it at 0.
    /// </summary>
    public void RepairCallerCount()
    {
        var seen = Volatile.Read(ref _words->SpinningCallers);
        if (seen != 0 && Volatile.Read(ref _spinningCallers) == 0)
        {
            Interlocked.CompareExchange(ref _words->SpinningCallers, 0, seen);
        }
    }

    public void BeginCallerSpin()
    {
        Interlocked.Increment(ref _spinningCallers);
        Interlocked.Increment(ref _words->SpinningCallers);
    }

    /// <summary>
    /// A full fence: a worker that commits from here on wakes the pool, and a reply that was committed before is found by the caller's check after
    /// this call.
    /// </summary>
    public void EndCallerSpin()
    {
        Interlocked.Decrement(ref _words->SpinningCallers);
        Interlocked.Decrement(ref _spinningCallers);
    }

    /// <summary>Gives the hold on the segment up. The memory stays mapped for a caller that is late.</summary>
    public void Dispose() => Memory.Dispose();
}

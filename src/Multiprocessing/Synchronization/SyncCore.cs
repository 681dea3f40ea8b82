using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The state of one synchronization primitive in this process, and the one way in which all of them wait. It works on a frame of shared memory inside
/// the segment of <see cref="Host"/>.
/// </summary>
internal abstract unsafe partial class SyncCore
{
    private readonly SyncFrame* _frame;
    private readonly HashSet<AsyncWaiters> _waitersOfOne = [];
    private int _deathsSeen = -1;
    private long _lookedAt;

    protected SyncCore(SharedObject host, SyncFrame* frame)
    {
        Host = host;
        _frame = frame;
        Session = host.Session;
        Members = Session.Participants;
        Liveness = Session.Liveness;
        SelfWord = Members.SelfWord;
    }

    /// <summary>One check of the condition, which takes what is waited for if it is available.</summary>
    internal interface IAttempt
    {
        bool Try();
    }

    public SharedObject Host { get; }

    public Session Session { get; }

    protected ParticipantTable Members { get; }

    protected Liveness Liveness { get; }

    protected int SelfWord { get; }

    /// <summary>Called where a caller is about to sleep or to be suspended for the first time, and nowhere else.</summary>
    protected void CountContention() => Interlocked.Increment(ref _frame->Contentions);

    /// <summary>This process holds the primitive from now on; called before any thread uses it here.</summary>
    internal virtual void Attach()
    {
    }

    /// <summary>This process releases the primitive (<see cref="SharedObject.Detach"/>).</summary>
    internal virtual void Detach()
    {
    }

    /// <summary>Asynchronous waiters of this process check whether their wrapper was disposed.</summary>
    internal virtual void ReleaseAsync()
    {
        foreach (var waiters in WaitersOfOne())
        {
            waiters.ReleaseAll();
        }
    }

    /// <summary>Wakes the sleepers on words that are not wait points.</summary>
    internal void WakeWords()
    {
        for (var i = Host.Shape.LocksNow(Host.Segment) - 1; i >= 0; i--)
        {
            WordWait.Wake((int*)((byte*)_frame + Host.Shape.LockOffset + ((long)i * Host.Shape.LockStride)), int.MaxValue);
        }
    }

    /// <summary>
    /// For an asynchronous wait whose end does not depend on how many others there are: it is notified when its own check says so, in no order. The
    /// caller forgets it.
    /// </summary>
    protected AsyncWaiters NewWaitersOfOne(Func<bool> look)
    {
        var waiters = new AsyncWaiters(Host, &_frame->Point, () =>
        {
            ReapIfDue();
            return look() ? int.MaxValue : 0;
        });
        lock (_waitersOfOne)
        {
            _waitersOfOne.Add(waiters);
        }

        return waiters;
    }

    protected void Forget(AsyncWaiters waiters)
    {
        lock (_waitersOfOne)
        {
            _waitersOfOne.Remove(waiters);
        }
    }

    private AsyncWaiters[] WaitersOfOne()
    {
        lock (_waitersOfOne)
        {
            return [.. _waitersOfOne];
        }
    }

    /// <summary>Searches for dead participants and settles their parts. Slow: asks the operating system.</summary>
    protected virtual void Reap()
    {
    }

    /// <summary><see cref="Reap"/> after each reported death, and every <see cref="WaitTimings.SearchInterval"/> for unreported ones.</summary>
    protected void ReapIfDue()
    {
        var deaths = Liveness.Deaths;
        var now = Environment.TickCount64;
        if (deaths != _deathsSeen || now - _lookedAt >= WaitTimings.SearchInterval)
        {
            // Before the search: a death during it is searched for again.
            _deathsSeen = deaths;
            _lookedAt = now;
            Reap();
        }
    }

    /// <summary><see cref="Reap"/> if a death was reported since the last search: one comparison.</summary>
    protected void ReapIfReported()
    {
        if (Liveness.Deaths != _deathsSeen)
        {
            ReapIfDue();
        }
    }

    /// <summary>
    /// Tries, spins, and sleeps until the attempt succeeds. A waiter that leaves without using its notification notifies the next
    /// (<paramref name="passOn"/>).
    /// </summary>
    /// <param name="attempt">The condition.</param>
    /// <param name="handle">The wrapper through which the call came: its disposal ends the wait.</param>
    /// <param name="point">The wait point.</param>
    /// <param name="watched">A word that changes when the attempt may succeed.</param>
    /// <param name="spin">Of this kind of wait.</param>
    /// <param name="passOn">Notifies others if there is something to take.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the deadline has passed.</returns>
    protected bool Wait<TAttempt>(
        ref TAttempt attempt,
        ProcessSynchronizationObject handle,
        WaitPoint* point,
        long* watched,
        ref SpinBudget spin,
        Action? passOn,
        Deadline deadline,
        CancellationToken cancellationToken)
        where TAttempt : struct, IAttempt
    {
        cancellationToken.ThrowIfCancellationRequested();
        var sleep = new SleepLoop(point, deadline, WaitTimings.FirstSleep);
        try
        {
            while (true)
            {
                var seen = Volatile.Read(ref *watched);
                if (attempt.Try())
                {
                    return true;
                }

                handle.ThrowIfDisposed();
                cancellationToken.ThrowIfCancellationRequested();
                if (deadline.HasPassed)
                {
                    // A dead process may hold what is waited for, and its death may not have been found yet.
                    ReapIfDue();
                    return attempt.Try();
                }

                if (sleep.SpinOrAnnounce(ref spin, watched, seen))
                {
                    if (sleep.IsAnnounced)
                    {
                        ReapIfDue();
                    }

                    continue;
                }

                if (!sleep.HasSlept)
                {
                    CountContention();
                }

                using (SleepMark.Begin(Host.Session.Participants, Host.Segment.Id, SleepPlace.Main))
                using (LastResort.OnCancelled(cancellationToken, (SharedObject)Host, static host => host.WakeAll()))
                {
                    // A token that fired before the registration ran the callback inside it, which moved the sequence: the sleep ends at once.
                    sleep.Sleep(Liveness.SliceNow);
                }
            }
        }
        finally
        {
            if (sleep.HasSlept)
            {
                passOn?.Invoke();
            }

            GC.KeepAlive(handle);
        }
    }
}

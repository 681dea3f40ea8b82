namespace Multiprocessing;

/// <summary>
/// One wait for several conditions, behind the first check that found none of them ready.
/// <para>
/// <b>No wake-up is lost.</b> A round (1) makes the wake-up of the earlier round ineffective, (2) reads which registrations have signalled and
/// registers those again, (3) checks all conditions, (4) sleeps until it is woken. A signal (a) marks its registration, (b) wakes. A change of a
/// condition before (2) is found by (3), and one after it signals. A signal whose wake-up (b) came after (1) ends the sleep (4) at once. A signal
/// whose wake-up (b) came before (1) has made its mark (a) before it, so (2) sees the mark: (1) and (b) are in one order, by the monitor or by the
/// interlocked exchange.
/// </para>
/// <para>
/// <b>No wake-up is taken away from others.</b> A registration is no waiter in the sense of <see cref="AsyncWaiters"/>: it stands beside their queue,
/// uses nothing up, and is not counted among the notified.
/// </para>
/// </summary>
internal sealed class SeveralWait : IDisposable
{
    private readonly IProcessWaitable[] _sources;
    private readonly Condition[] _conditions;
    private readonly object _monitor = new();
    private bool _isWoken;
    private AsyncWaiter? _waiter;

    public SeveralWait(ReadOnlySpan<IProcessWaitable> sources)
    {
        _sources = sources.ToArray();
        _conditions = new Condition[sources.Length];
        for (var i = 0; i < _conditions.Length; i++)
        {
            _conditions[i] = new Condition(this, sources[i].BeginWait());
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="all">Receives the sources that are ready at one check, in their order; null to look for one only.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// The index of a ready source, chosen at random; -1 when the deadline has passed. It is the result of the check that ended the wait: at a
    /// second check another waiter might have been faster.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public int Wait(List<IProcessWaitable>? all, Deadline deadline, CancellationToken cancellationToken)
    {
        using var registration = LastResort.OnCancelled(cancellationToken, this, static wait => wait.Wake());
        while (true)
        {
            lock (_monitor)
            {
                _isWoken = false;
            }

            Register();
            if (Find(all) is >= 0 and var ready)
            {
                return ready;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.HasPassed)
            {
                return -1;
            }

            Sleep(deadline);
        }
    }

    /// <inheritdoc cref="Wait"/>
    public async ValueTask<int> WaitAsync(List<IProcessWaitable>? all, Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var waiter = new AsyncWaiter();
            _ = Interlocked.Exchange(ref _waiter, waiter);
            Register();
            if (Find(all) is >= 0 and var ready)
            {
                return ready;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.HasPassed)
            {
                return -1;
            }

            // After the deadline the next round checks a last time: what became ready at the same moment is returned.
            _ = await waiter.WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends all registrations.</summary>
    public void Dispose()
    {
        foreach (var condition in _conditions)
        {
            condition.Dispose();
        }
    }

    private void Register()
    {
        foreach (var condition in _conditions)
        {
            condition.Register();
        }
    }

    private int Find(List<IProcessWaitable>? all)
    {
        if (all is null)
        {
            var choice = new RandomChoice(_conditions.Length);
            while (choice.Next() is >= 0 and var index)
            {
                if (_conditions[index].IsReady)
                {
                    return index;
                }
            }

            return -1;
        }

        for (var i = 0; i < _conditions.Length; i++)
        {
            if (_conditions[i].IsReady)
            {
                all.Add(_sources[i]);
            }
        }

        return all.Count - 1;
    }

    private void Sleep(Deadline deadline)
    {
        lock (_monitor)
        {
            while (!_isWoken && !deadline.HasPassed)
            {
                _ = deadline.IsNever ? Monitor.Wait(_monitor) : Monitor.Wait(_monitor, deadline.TimerDelay);
            }
        }
    }

    private void Wake()
    {
        Volatile.Read(ref _waiter)?.Notify();
        lock (_monitor)
        {
            _isWoken = true;
            Monitor.Pulse(_monitor);
        }
    }

    private sealed class Condition(SeveralWait owner, IWaitable waitable) : IDisposable
    {
        private IDisposable? _registration;
        private int _hasSignalled;

        public bool IsReady => waitable.IsReady;

        /// <summary>Registers for the first time, or again after a signal.</summary>
        public void Register()
        {
            if (_registration is not null)
            {
                if (Interlocked.Exchange(ref _hasSignalled, 0) == 0)
                {
                    return;
                }

                Dispose();
            }

            _registration = waitable.Register(Signal);
        }

        public void Dispose()
        {
            _registration?.Dispose();
            _registration = null;
        }

        private void Signal()
        {
            Interlocked.Exchange(ref _hasSignalled, 1);
            owner.Wake();
        }
    }
}

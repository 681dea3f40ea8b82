namespace Multiprocessing;

/// <summary>
/// The asynchronous waiters of this process at one wait point, in FIFO order. A notified waiter checks again: it takes, puts or checks by
/// itself, as library work, and enlists again if another one was faster.
/// <para>
/// Observations (<see cref="Observe"/>) wait for the same condition but use nothing up, so they stand beside the queue of waiters: a scan that finds
/// that at least one waiter may continue signals all of them, and counts none of them as notified. So an observation takes no notification away from
/// a waiter, in this process or in another one: a notifier rings all processes whose bit is set, and wakes its sleepers besides.
/// </para>
/// </summary>
internal sealed unsafe class AsyncWaiters
{
    private readonly Lock _gate = new();
    private readonly LinkedList<AsyncWaiter> _waiters = [];
    private readonly LinkedList<Observation> _observations = [];
    private readonly SharedObject _owner;
    private readonly Func<int> _countThatMayProceed;

    // Notified and not withdrawn yet: they will use what there is, so no other waiter is notified for it.
    private int _notified;

    /// <param name="owner">Keeps the memory mapped.</param>
    /// <param name="point">The wait point.</param>
    /// <param name="countThatMayProceed">Returns how many waiters could continue now. It must be fast and take no lock that a notifier holds.</param>
    public AsyncWaiters(SharedObject owner, WaitPoint* point, Func<int> countThatMayProceed)
    {
        _owner = owner;
        Point = point;
        _countThatMayProceed = countThatMayProceed;
    }

    public WaitPoint* Point { get; }

    /// <summary>Gets whether there is a waiter or an observation.</summary>
    public bool IsUsed
    {
        get
        {
            lock (_gate)
            {
                return _waiters.Count + _observations.Count > 0;
            }
        }
    }

    /// <summary>
    /// Announces a waiter. Full fence: check the condition again before awaiting the node's waiter, and <see cref="Withdraw"/> the node in any case.
    /// </summary>
    public LinkedListNode<AsyncWaiter> Enlist()
    {
        var node = new LinkedListNode<AsyncWaiter>(new AsyncWaiter());
        lock (_gate)
        {
            _waiters.AddLast(node);
            ListenFor(_waiters, node);
        }

        WaitPoint.ArmAsync(Point, _owner.Session.Self.Slot);
        return node;
    }

    /// <summary>
    /// Calls <paramref name="signal"/> once, as soon as a waiter could continue or the object was disposed. Full fence: check the condition again
    /// after this call. The signal runs under the gate of this list, on the thread of a notifier or the dispatcher.
    /// </summary>
    /// <returns>Dispose it in any case.</returns>
    public IDisposable Observe(Action signal)
    {
        var observation = new Observation(this, signal);
        lock (_gate)
        {
            _observations.AddLast(observation.Node);
            ListenFor(_observations, observation.Node);
        }

        WaitPoint.ArmAsync(Point, _owner.Session.Self.Slot);
        return observation;
    }

    /// <summary>
    /// Removes the waiter, whether it was notified or not. A waiter that leaves without having used its notification calls <see cref="Scan"/>, which
    /// notifies the next.
    /// </summary>
    public void Withdraw(LinkedListNode<AsyncWaiter> node)
    {
        lock (_gate)
        {
            if (node.List is null)
            {
                _notified--;
                return;
            }

            _waiters.Remove(node);
            StopIfUnused();
        }
    }

    /// <summary>Notifies as many waiters as may continue. For those that stay it sets the bit again, and then checks once more.</summary>
    public void Scan()
    {
        while (true)
        {
            var count = _countThatMayProceed();
            lock (_gate)
            {
                while (_notified < count && _waiters.First is { } first)
                {
                    _waiters.RemoveFirst();
                    _notified++;
                    first.Value.Notify();
                }

                if (count > 0)
                {
                    SignalObservations();
                }

                if (StopIfUnused())
                {
                    return;
                }
            }

            WaitPoint.ArmAsync(Point, _owner.Session.Self.Slot);
            var now = _countThatMayProceed();
            if (now <= Volatile.Read(ref _notified) && (now == 0 || !HasObservations()))
            {
                return;
            }
        }
    }

    /// <summary>Notifies all waiters, for a reason that concerns all: the object was disposed.</summary>
    public void ReleaseAll()
    {
        lock (_gate)
        {
            while (_waiters.First is { } first)
            {
                _waiters.RemoveFirst();
                _notified++;
                first.Value.Notify();
            }

            SignalObservations();
            _owner.Session.Doorbells.Remove(this);
        }
    }

    /// <summary>Under the gate, after a node was added: the dispatcher scans this list from now on.</summary>
    private void ListenFor<T>(LinkedList<T> list, LinkedListNode<T> added)
    {
        if (_waiters.Count + _observations.Count != 1)
        {
            return;
        }

        try
        {
            _owner.Session.Doorbells.Add(this);
        }
        catch
        {
            list.Remove(added); // the system has no thread for the dispatcher: the next waiter tries again
            throw;
        }
    }

    /// <summary>Under the gate.</summary>
    private bool StopIfUnused()
    {
        if (_waiters.Count + _observations.Count != 0)
        {
            return false;
        }

        _owner.Session.Doorbells.Remove(this);
        return true;
    }

    private bool HasObservations()
    {
        lock (_gate)
        {
            return _observations.Count > 0;
        }
    }

    /// <summary>Under the gate.</summary>
    private void SignalObservations()
    {
        while (_observations.First is { } first)
        {
            _observations.RemoveFirst();
            first.Value.Signal();
        }
    }

    private sealed class Observation : IDisposable
    {
        private readonly AsyncWaiters _owner;

        public Observation(AsyncWaiters owner, Action signal)
        {
            _owner = owner;
            Signal = signal;
            Node = new LinkedListNode<Observation>(this);
        }

        public Action Signal { get; }

        public LinkedListNode<Observation> Node { get; }

        public void Dispose()
        {
            lock (_owner._gate)
            {
                if (Node.List is not null)
                {
                    _owner._observations.Remove(Node);
                    _owner.StopIfUnused();
                }
            }
        }
    }
}

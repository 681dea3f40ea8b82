namespace Multiprocessing;

/// <summary>
/// The asynchronous waiters of this process at one wait point, in FIFO order. A notified waiter checks again: it takes, puts or checks by
/// itself, as library work, and enlists again if another one was faster.
/// </summary>
internal sealed unsafe class AsyncWaiters
{
    private readonly Lock _gate = new();
    private readonly LinkedList<AsyncWaiter> _waiters = [];
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

    /// <summary>
    /// Announces a waiter. Full fence: check the condition again before awaiting the node's waiter, and <see cref="Withdraw"/> the node in any case.
    /// </summary>
    public LinkedListNode<AsyncWaiter> Enlist()
    {
        var node = new LinkedListNode<AsyncWaiter>(new AsyncWaiter());
        lock (_gate)
        {
            _waiters.AddLast(node);
            if (_waiters.Count == 1)
            {
                try
                {
                    _owner.Session.Doorbells.Add(this);
                }
                catch
                {
                    _waiters.Remove(node); // the system has no thread for the dispatcher: the next waiter tries again
                    throw;
                }
            }
        }

        WaitPoint.ArmAsync(Point, _owner.Session.Self.Slot);
        return node;
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
            if (_waiters.Count == 0)
            {
                _owner.Session.Doorbells.Remove(this);
            }
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

                if (_waiters.Count == 0)
                {
                    _owner.Session.Doorbells.Remove(this);
                    return;
                }
            }

            WaitPoint.ArmAsync(Point, _owner.Session.Self.Slot);
            if (_countThatMayProceed() <= Volatile.Read(ref _notified))
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

            _owner.Session.Doorbells.Remove(this);
        }
    }
}

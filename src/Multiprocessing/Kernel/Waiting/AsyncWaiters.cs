namespace Multiprocessing;

/// <summary>
/// The asynchronous waiters of this process at one wait point, in the order in which they came. A waiter is only told to look again: it takes, puts or checks by
/// itself, as library work, and enlists again if somebody was quicker.
/// </summary>
internal sealed unsafe class AsyncWaiters
{
    private readonly Lock _gate = new();
    private readonly LinkedList<AsyncWaiter> _waiters = [];
    private readonly SharedObject _owner;
    private readonly Func<int> _howManyMayProceed;

    // Told and not withdrawn yet: they will take what there is, so nobody else is told for it.
    private int _told;

    /// <param name="owner">Keeps the memory mapped.</param>
    /// <param name="point">Where.</param>
    /// <param name="howManyMayProceed">How many waiters could go on now; must be quick and take no lock that a notifier holds.</param>
    public AsyncWaiters(SharedObject owner, WaitPoint* point, Func<int> howManyMayProceed)
    {
        _owner = owner;
        Point = point;
        _howManyMayProceed = howManyMayProceed;
    }

    public WaitPoint* Point { get; }

    /// <summary>Announces a waiter. Full fence: look again at what you wait for before awaiting the node's waiter, and <see cref="Withdraw"/> the node in any case.</summary>
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

    /// <summary>Takes the waiter out, whether it was told or not. Whoever leaves without having used what it was told of calls <see cref="Scan"/> and notifies on.</summary>
    public void Withdraw(LinkedListNode<AsyncWaiter> node)
    {
        lock (_gate)
        {
            if (node.List is null)
            {
                _told--;
                return;
            }

            _waiters.Remove(node);
            if (_waiters.Count == 0)
            {
                _owner.Session.Doorbells.Remove(this);
            }
        }
    }

    /// <summary>Tells as many waiters as may go on; for those who stay the bit is set again, and then looked once more.</summary>
    public void Scan()
    {
        while (true)
        {
            var count = _howManyMayProceed();
            lock (_gate)
            {
                while (_told < count && _waiters.First is { } first)
                {
                    _waiters.RemoveFirst();
                    _told++;
                    first.Value.Tell();
                }

                if (_waiters.Count == 0)
                {
                    _owner.Session.Doorbells.Remove(this);
                    return;
                }
            }

            WaitPoint.ArmAsync(Point, _owner.Session.Self.Slot);
            if (_howManyMayProceed() <= Volatile.Read(ref _told))
            {
                return;
            }
        }
    }

    /// <summary>Tells everybody, for reasons that concern all: the object was disposed.</summary>
    public void ReleaseAll()
    {
        lock (_gate)
        {
            while (_waiters.First is { } first)
            {
                _waiters.RemoveFirst();
                _told++;
                first.Value.Tell();
            }

            _owner.Session.Doorbells.Remove(this);
        }
    }
}

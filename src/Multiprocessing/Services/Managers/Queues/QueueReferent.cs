namespace Multiprocessing;

/// <summary>
/// The queue in the manager's process: FIFO for items and for waiting calls. No thread waits: a call that finds no item or no room is a task in a
/// <see cref="WaitingRoom"/>.
/// </summary>
internal sealed class QueueReferent<T> : IHeldByClients, IReferent<IManagedQueue<T>>
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _items = new();
    private readonly Dictionary<ManagedClient, long> _taken = [];
    private readonly WaitingRoom _getters;
    private readonly WaitingRoom _putters;
    private readonly WaitingRoom _joiners;
    private readonly int _capacity;
    private long _undone;
    private long _lost;
    private ManagedClient? _lastLost;
    private bool _isCompleted;

    public QueueReferent(int? capacity)
    {
        if (capacity is <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "The capacity must be positive, or null for no limit.");
        }

        _capacity = capacity ?? int.MaxValue;
        _getters = new WaitingRoom(_gate);
        _putters = new WaitingRoom(_gate);
        _joiners = new WaitingRoom(_gate);
    }

    /// <summary>0 stands for no limit.</summary>
    public int Capacity => _capacity == int.MaxValue ? 0 : _capacity;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    public bool IsCompleted
    {
        get
        {
            lock (_gate)
            {
                return _isCompleted && _items.Count == 0;
            }
        }
    }

    public ValueTask<bool> PutAsync(T item, Deadline deadline, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _putters.Wait(() => TryPut(item), deadline, cancellationToken);
        }
    }

    public async ValueTask<Found<T>> GetAsync(ManagedClient client, Deadline deadline, CancellationToken cancellationToken)
    {
        var taken = default(Found<T>);
        ValueTask<bool> wait;
        lock (_gate)
        {
            if (_getters.IsEmpty && TryTake(client, out taken))
            {
                return taken;
            }

            wait = _getters.Wait(() => TryTake(client, out taken), deadline, cancellationToken);
        }

        await wait.ConfigureAwait(false);
        return taken;
    }

    public T[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _items];
        }
    }

    public void MarkDone(ManagedClient client, int count)
    {
        lock (_gate)
        {
            if (count < 1 || count > _undone)
            {
                throw new InvalidOperationException(
                    $"{count} items cannot be marked as done: {_undone} items of the managed queue were put and are not marked.");
            }

            _undone -= count;
            if (_taken.TryGetValue(client, out var taken))
            {
                if (taken > count)
                {
                    _taken[client] = taken - count;
                }
                else
                {
                    _taken.Remove(client);
                    client.Forget(this);
                }
            }

            PulseJoiners();
        }
    }

    public ValueTask<bool> WaitAllDoneAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _joiners.Wait(IsAllDone, deadline, cancellationToken);
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            _isCompleted = true;
            _putters.Pulse();
            _getters.Pulse();
        }
    }

    /// <summary>
    /// The items that an ended client had taken and not marked are lost: they count as done, and the next <c>WaitAllDone</c> reports them.
    /// </summary>
    public void Release(ManagedClient client)
    {
        lock (_gate)
        {
            if (_taken.Remove(client, out var taken))
            {
                _undone -= taken;
                _lost += taken;
                _lastLost = client;
                PulseJoiners();
            }
        }
    }

    public override string ToString() => ManagedText.OfList(Snapshot());

    private bool TryPut(T item)
    {
        if (_isCompleted)
        {
            throw new QueueCompletedException("The managed queue was completed and accepts no more items.");
        }

        if (_items.Count >= _capacity)
        {
            return false;
        }

        _items.Enqueue(item);
        _undone++;
        _getters.Pulse();
        return true;
    }

    private bool TryTake(ManagedClient client, out Found<T> taken)
    {
        if (_items.Count == 0)
        {
            taken = default;
            return _isCompleted ? throw new QueueCompletedException("The managed queue was completed and is empty.") : false;
        }

        // An ended client throws here, before the item leaves the queue.
        client.Hold(this);
        taken = new(_items.Dequeue());
        _taken[client] = _taken.GetValueOrDefault(client) + 1;
        _putters.Pulse();
        return true;
    }

    private bool IsAllDone()
    {
        if (_lost > 0)
        {
            var lost = _lost;
            var processId = _lastLost!.ProcessId;
            _lost = 0;
            throw new ItemsLostException(
                $"{lost} items of the managed queue were taken and not marked as done by a client that has ended ({_lastLost}). "
                + "Put them again if they matter.",
                processId,
                "",
                new ExitStatus(),
                lost);
        }

        return _undone == 0;
    }

    private void PulseJoiners()
    {
        if (_undone == 0 || _lost > 0)
        {
            _joiners.Pulse();
        }
    }
}

namespace Multiprocessing;

/// <summary>
/// The semaphore in the manager's process. Permits that a client has taken and not released are released when it ends; permits that it released
/// beyond that are signals to others and stay.
/// </summary>
internal sealed class SemaphoreReferent : IHeldByClients, IReferent<IManagedSemaphore>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ManagedClient, int> _held = [];
    private readonly WaitingRoom _room;
    private readonly int _max;
    private int _count;

    public SemaphoreReferent(int initialCount, int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(initialCount, maxCount);
        _count = initialCount;
        _max = maxCount;
        _room = new WaitingRoom(_gate);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    public ValueTask<bool> WaitAsync(ManagedClient client, Deadline deadline, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _room.Wait(() => TryTake(client), deadline, cancellationToken);
        }
    }

    /// <returns>The count before the call.</returns>
    public int Release(ManagedClient client, int count)
    {
        if (count < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "The number of permits must be positive.");
        }

        lock (_gate)
        {
            if (count > _max - _count)
            {
                throw new SemaphoreFullException(
                    $"{count} permits cannot be released: the managed semaphore has {_count} permits, its maximum is {_max}.");
            }

            var before = _count;
            if (_held.TryGetValue(client, out var held))
            {
                Keep(client, held - count);
            }

            Add(count);
            return before;
        }
    }

    public void Release(ManagedClient client)
    {
        lock (_gate)
        {
            if (_held.Remove(client, out var held))
            {
                Add(Math.Min(held, _max - _count));
            }
        }
    }

    public override string ToString() => $"{Count} permits";

    private bool TryTake(ManagedClient client)
    {
        if (_count == 0)
        {
            return false;
        }

        client.Hold(this);
        _count--;
        _held[client] = _held.GetValueOrDefault(client) + 1;
        return true;
    }

    private void Keep(ManagedClient client, int held)
    {
        if (held > 0)
        {
            _held[client] = held;
            return;
        }

        _held.Remove(client);
        client.Forget(this);
    }

    private void Add(int count)
    {
        _count += count;
        _room.Pulse();
    }
}

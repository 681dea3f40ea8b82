namespace Multiprocessing;

/// <summary>Tasks that wait: by priority, then in the order in which they came; what comes back from a worker goes first. Under the pool's gate.</summary>
internal sealed class PendingTasks
{
    private readonly SortedList<int, LinkedList<Slice>> _lanes = [];

    /// <summary>How many tasks wait.</summary>
    public long Count { get; private set; }

    public void AddLast(Slice slice)
    {
        Count += slice.Count;
        Lane(slice.Work.Settings.Priority).AddLast(slice);
    }

    public void AddFirst(Slice slice)
    {
        Count += slice.Count;
        Lane(slice.Work.Settings.Priority).AddFirst(slice);
    }

    public bool TryPeek(out Slice slice)
    {
        foreach (var lane in _lanes.Values)
        {
            if (lane.First is { } first)
            {
                slice = first.Value;
                return true;
            }
        }

        slice = default;
        return false;
    }

    /// <summary>Takes tasks from the beginning of what <see cref="TryPeek"/> has given.</summary>
    public void Take(Slice first, int count)
    {
        var lane = Lane(first.Work.Settings.Priority);
        Count -= count;
        if (count == first.Count)
        {
            lane.RemoveFirst();
        }
        else
        {
            lane.First!.Value = first with { From = first.From + count };
        }
    }

    /// <summary>Takes out everything that fits.</summary>
    public List<Slice> TakeAll(Func<PoolWork, bool> fits)
    {
        List<Slice> taken = [];
        foreach (var lane in _lanes.Values)
        {
            for (var node = lane.First; node is not null;)
            {
                var next = node.Next;
                if (fits(node.Value.Work))
                {
                    lane.Remove(node);
                    Count -= node.Value.Count;
                    taken.Add(node.Value);
                }

                node = next;
            }
        }

        return taken;
    }

    private LinkedList<Slice> Lane(int priority)
    {
        // The list is sorted upwards, and the highest priority comes first.
        if (!_lanes.TryGetValue(~priority, out var lane))
        {
            _lanes.Add(~priority, lane = []);
        }

        return lane;
    }
}

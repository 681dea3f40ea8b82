using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Tasks that wait for a worker: by priority, then in the order of their calls; tasks that were taken back from a worker are first. Owns the waiting
/// tasks; under the loop's gate. Invariant: <see cref="Count"/> is the sum of the ranges.
/// </summary>
internal sealed class PendingTasks
{
    private readonly SortedList<int, LinkedList<TaskRange>> _lanes = [];

    /// <summary>The number of tasks that wait.</summary>
    public long Count { get; private set; }

    public void AddLast(TaskRange range)
    {
        Count += range.Count;
        Lane(range.Batch.Settings.Priority).AddLast(range);
    }

    public void AddFirst(TaskRange range)
    {
        Count += range.Count;
        Lane(range.Batch.Settings.Priority).AddFirst(range);
    }

    public bool TryPeek(out TaskRange range)
    {
        foreach (var lane in _lanes.Values)
        {
            if (lane.First is { } first)
            {
                range = first.Value;
                return true;
            }
        }

        range = default;
        return false;
    }

    /// <summary>Removes tasks from the beginning of the range that <see cref="TryPeek"/> has returned.</summary>
    public void Take(TaskRange first, int count)
    {
        var lane = Lane(first.Batch.Settings.Priority);
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

    /// <summary>Removes all tasks of the batches for which <paramref name="fits"/> holds.</summary>
    public List<TaskRange> TakeAll(Func<TaskBatch, bool> fits)
    {
        List<TaskRange> taken = [];
        foreach (var lane in _lanes.Values)
        {
            for (var node = lane.First; node is not null;)
            {
                var next = node.Next;
                if (fits(node.Value.Batch))
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

    [Conditional("DEBUG")]
    public void AssertInvariants()
    {
        Debug.Assert(Count >= 0, "As many tasks are taken as were added.");
        Debug.Assert(TryPeek(out _) == Count > 0, "Tasks are counted exactly while they wait.");
    }

    private LinkedList<TaskRange> Lane(int priority)
    {
        // The list is sorted upwards, and the highest priority is first.
        if (!_lanes.TryGetValue(~priority, out var lane))
        {
            _lanes.Add(~priority, lane = []);
        }

        return lane;
    }
}

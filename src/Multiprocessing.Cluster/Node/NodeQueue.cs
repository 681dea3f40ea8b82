using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The tasks that wait on a node for its workers. The pool gets a task when a worker is free, or, if such tasks are short, a moment earlier. Callers
/// share the workers: the next task is one of the caller that has the fewest begun tasks, and of the caller whose turn is longest ago among these. So
/// a caller with many tasks, or with long ones, does not keep the others waiting. Thread-safe.
/// </summary>
/// <remarks>
/// A task begins or is removed, never both: its state is changed under one gate. So a task that was given back does not run here.
/// </remarks>
/// <param name="workers">The number of workers of the node's pool.</param>
internal sealed class NodeQueue(int workers)
{
    /// <summary>Each worker has short tasks ahead in the pool for this time, so that it does not wait for the node's process.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly TaskPaces _paces = new(Ahead);

    /// <summary>Callers whose tasks wait; the one whose last turn is longest ago is first.</summary>
    private readonly LinkedList<CallerLine> _turns = new();

    private int _begun;

    /// <summary>Adds tasks that have arrived, except for those that were cancelled meanwhile.</summary>
    public void Add(IEnumerable<NodeTask> tasks)
    {
        List<NodeTask> ready;
        lock (_gate)
        {
            foreach (var task in tasks)
            {
                if (task.State != NodeTaskState.New)
                {
                    continue;
                }

                var line = task.Line;
                if (line.Waiting.Count == 0)
                {
                    _turns.AddLast(line);
                }

                task.State = NodeTaskState.Waiting;
                task.Place = line.Waiting.AddLast(task);
            }

            ready = TakeReady();
        }

        ready.ForEach(static task => task.Line.Begin(task));
    }

    /// <summary>A task that had begun has ended.</summary>
    /// <param name="task">The task.</param>
    /// <param name="ticks">How long its body took, in ticks of 100 ns; 0 if that is not known.</param>
    public void End(NodeTask task, long ticks)
    {
        List<NodeTask> ready;
        lock (_gate)
        {
            Debug.Assert(task.State == NodeTaskState.Begun, "Only a task that has begun ends.");
            task.State = NodeTaskState.Over;
            task.Line.Begun.Remove(task.Place!);
            task.Place = null;
            _begun--;
            if (ticks > 0)
            {
                _paces.Measure(task.Lease.Name, ticks);
            }

            ready = TakeReady();
        }

        ready.ForEach(static task => task.Line.Begin(task));
    }

    /// <summary>Removes a task, unless it has begun.</summary>
    public bool TryRemove(NodeTask task)
    {
        lock (_gate)
        {
            if (task.State is NodeTaskState.Begun or NodeTaskState.Over)
            {
                return false;
            }

            Remove(task);
            return true;
        }
    }

    /// <summary>
    /// Removes tasks of one caller that have not begun, the last ones first. If they are fewer than wanted, the pool is to withdraw tasks that it has
    /// and that no worker has started.
    /// </summary>
    /// <param name="line">The caller's tasks.</param>
    /// <param name="max">The maximum number.</param>
    /// <param name="pooled">The number of tasks that the pool is to withdraw if it can (<see cref="NodeTask.Withdrawal"/>).</param>
    public List<NodeTask> TakeBack(CallerLine line, int max, out int pooled)
    {
        List<NodeTask> taken = [];
        pooled = 0;
        lock (_gate)
        {
            while (taken.Count < max && line.Waiting.Last is { } last)
            {
                taken.Add(last.Value);
                Remove(last.Value);
            }

            for (var begun = line.Begun.Last; begun is not null && pooled < max - taken.Count; begun = begun.Previous)
            {
                begun.Value.Withdrawal.Want();
                pooled++;
            }
        }

        return taken;
    }

    private void Remove(NodeTask task)
    {
        if (task.State == NodeTaskState.Waiting)
        {
            Unlink(task);
        }

        task.State = NodeTaskState.Over;
    }

    private void Unlink(NodeTask task)
    {
        var line = task.Line;
        line.Waiting.Remove(task.Place!);
        task.Place = null;
        if (line.Waiting.Count == 0)
        {
            _turns.Remove(line);
        }
    }

    private List<NodeTask> TakeReady()
    {
        List<NodeTask> ready = [];
        while (NextLine() is { } line && _begun < workers * (1 + _paces.AheadOf(line.Waiting.First!.Value.Lease.Name)))
        {
            var task = line.Waiting.First!.Value;
            Unlink(task);
            if (line.Waiting.Count > 0)
            {
                _turns.Remove(line);
                _turns.AddLast(line);
            }

            task.State = NodeTaskState.Begun;
            task.Place = line.Begun.AddLast(task);
            _begun++;
            ready.Add(task);
        }

        return ready;
    }

    private CallerLine? NextLine()
    {
        var next = _turns.First?.Value;
        foreach (var line in _turns)
        {
            if (line.Begun.Count < next!.Begun.Count)
            {
                next = line;
            }
        }

        return next;
    }
}

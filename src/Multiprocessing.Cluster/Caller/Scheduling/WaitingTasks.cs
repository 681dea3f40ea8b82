namespace Multiprocessing;

/// <summary>
/// Tasks that wait for a node: those of a higher priority first, then by number. So a task that is tried again, or was taken back, is in front of
/// those that were submitted later. Under the scheduler's gate.
/// </summary>
internal sealed class WaitingTasks
{
    private readonly PriorityQueue<ClusterTask, (int Priority, long Id)> _queue = new();

    public void Add(ClusterTask task) => _queue.Enqueue(task, (-task.Setting.Priority, task.Id));

    /// <summary>Returns the next task. Tasks that were cancelled while they waited are over, and are removed here.</summary>
    public bool TryPeek(out ClusterTask task)
    {
        while (_queue.TryPeek(out task!, out _))
        {
            if (!task.IsOver)
            {
                return true;
            }

            _queue.Dequeue();
        }

        return false;
    }

    /// <summary>Removes the task that <see cref="TryPeek"/> has returned.</summary>
    public void Take() => _queue.Dequeue();

    public void Clear() => _queue.Clear();
}

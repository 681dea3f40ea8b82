namespace Multiprocessing;

/// <summary>
/// All tasks of a caller that are not over, and the end of the pool: when it refuses further tasks, and when none is left. Under the gate.
/// </summary>
internal sealed class UnfinishedTasks
{
    private readonly Dictionary<long, ClusterTask> _tasks = [];
    private Exception? _refusal;
    private TaskCompletionSource? _idle;

    public int Count => _tasks.Count;

    /// <exception cref="Exception">The pool takes no more tasks.</exception>
    public void Add(ClusterTask task)
    {
        if (_refusal is not null)
        {
            throw _refusal;
        }

        _tasks.Add(task.Id, task);
    }

    /// <summary>Returns the task that a reply belongs to, or <see langword="null"/> if the task is over or was given to a node again since.</summary>
    public ClusterTask? Find(long id, int lease) =>
        _tasks.TryGetValue(id, out var task) && task.Node is not null && task.Lease == lease ? task : null;

    public void Remove(ClusterTask task)
    {
        task.Release();
        task.IsOver = true;
        if (_tasks.Remove(task.Id) && _tasks.Count == 0)
        {
            _idle?.TrySetResult();
        }
    }

    /// <summary>Removes all tasks and refuses further ones.</summary>
    public List<ClusterTask> Close(Exception refusal)
    {
        _refusal ??= refusal;
        List<ClusterTask> all = [.. _tasks.Values];
        all.ForEach(Remove);
        return all;
    }

    /// <summary>Refuses further tasks.</summary>
    /// <returns>A task that completes when none is left.</returns>
    public Task FinishAsync(Exception refusal)
    {
        _refusal ??= refusal;
        return _tasks.Count == 0
            ? Task.CompletedTask
            : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }
}

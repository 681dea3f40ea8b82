namespace Multiprocessing;

/// <summary>The counts of one pool at one moment, for the metrics.</summary>
/// <param name="Pool">The name.</param>
/// <param name="WorkersStarted">Workers that were started.</param>
/// <param name="WorkersDied">Workers that did not end in good order.</param>
/// <param name="Pending">Tasks that wait for a worker.</param>
/// <param name="Workers">Living workers, by <see cref="WorkerActivity"/>.</param>
/// <param name="Tasks">The tasks, by name.</param>
internal sealed record PoolFigures(
    string Pool, long WorkersStarted, long WorkersDied, long Pending, int[] Workers, IReadOnlyList<TaskFigures> Tasks)
{
    /// <summary>Returns what remains of a pool that has ended: what only grows.</summary>
    public PoolFigures WithoutState() => this with { Pending = 0, Workers = [] };

    /// <summary>Returns the sum with a pool of the same name.</summary>
    public PoolFigures Plus(PoolFigures other) => new(
        Pool, WorkersStarted + other.WorkersStarted, WorkersDied + other.WorkersDied, Pending + other.Pending,
        [.. Enumerable.Range(0, Math.Max(Workers.Length, other.Workers.Length))
            .Select(i => Workers.ElementAtOrDefault(i) + other.Workers.ElementAtOrDefault(i))],
        [.. Tasks.Concat(other.Tasks).GroupBy(static task => task.Name).Select(static tasks => tasks.Aggregate(static (one, two) => one.Plus(two)))]);
}

/// <summary>The counts of the tasks of one name. The name itself may have to be read from symbols, and so is read only where it is shown.</summary>
internal sealed record TaskFigures(
    TaskStatistics? Statistics, long Succeeded, long Failed, long Canceled, long TimedOut, long WorkerDied, long Retries,
    long ArgumentBytes, long ResultBytes)
{
    public string Name
    {
        get => field ?? Statistics!.Name;
        init;
    }

    public TaskFigures Plus(TaskFigures other) => new(
        null, Succeeded + other.Succeeded, Failed + other.Failed, Canceled + other.Canceled, TimedOut + other.TimedOut,
        WorkerDied + other.WorkerDied, Retries + other.Retries, ArgumentBytes + other.ArgumentBytes, ResultBytes + other.ResultBytes)
    {
        Name = Name,
    };

    /// <summary>Under the pool's gate.</summary>
    public static TaskFigures Of(TaskStatistics task)
    {
        // A death either leads to a further attempt or ends its task. Both, and a time-out, end it with an error, too.
        var died = task.Deaths - task.Retries;
        return new TaskFigures(
            task, task.Succeeded, Math.Max(0, task.Failed - task.TimedOut - died), task.Cancelled, task.TimedOut, died, task.Retries,
            task.ArgumentBytes, task.ResultBytes);
    }
}

namespace Multiprocessing;

/// <summary>Statistics of the tasks of one name. Immutable.</summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// await pool.RunAsync(() => Thread.Sleep(10), new TaskOptions { Name = "import" });
/// TaskInsights import = pool.GetInsights().Tasks.Single(task => task.Name == "import");
/// Console.WriteLine($"{import.Succeeded} succeeded, {import.Failed} failed, half of them within {import.WorkingTime.Median}");
/// </code>
/// </example>
public sealed record TaskInsights
{
    internal TaskInsights()
    {
    }

    /// <summary>
    /// Gets the name of the tasks (<see cref="TaskOptions.Name"/>). A pool distinguishes 256 names; tasks of further names count as "(other names)".
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Gets the number of tasks that were submitted; each item of a map or a stream counts.</summary>
    public required long Submitted { get; init; }

    /// <summary>Gets the number of tasks that ended with a result.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Gets the number of tasks that ended with an error, including the death of the worker and the time limit.</summary>
    public required long Failed { get; init; }

    /// <summary>Gets the number of tasks that were cancelled before they started.</summary>
    public required long Canceled { get; init; }

    /// <summary>Gets the number of retries after the death of a worker.</summary>
    public required long Retries { get; init; }

    /// <summary>
    /// Gets the number of workers that died while they ran one of the tasks, without those that the pool killed for a time limit or a cancellation.
    /// </summary>
    public required long WorkerDeaths { get; init; }

    /// <summary>Gets the number of tasks that exceeded their time limit.</summary>
    public required long TimedOut { get; init; }

    /// <summary>
    /// Gets the size in bytes of the arguments that were written for workers. An argument that was taken back from a slow worker, or whose task was
    /// tried again, counts each time.
    /// </summary>
    public required long ArgumentBytes { get; init; }

    /// <summary>Gets the size in bytes of the results and errors.</summary>
    public required long ResultBytes { get; init; }

    /// <summary>Gets the times from the call until a worker started the task.</summary>
    public required TimeDistribution WaitingTime { get; init; }

    /// <summary>Gets the times for writing and reading the argument and the result, in both processes.</summary>
    public required TimeDistribution SerializingTime { get; init; }

    /// <summary>Gets the times that the bodies ran.</summary>
    public required TimeDistribution WorkingTime { get; init; }

    /// <summary>Gets a value that indicates whether more than half of the tasks were submitted one by one, and not as items of a source.</summary>
    internal bool TravelsAlone { get; init; }

    /// <summary>Gets the number of tasks that wait or run.</summary>
    public long Pending => Submitted - Succeeded - Failed - Canceled;
}

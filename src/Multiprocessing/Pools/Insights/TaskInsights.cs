namespace Multiprocessing;

/// <summary>What a pool has seen of the tasks of one name. Immutable.</summary>
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

    /// <summary>The name of the tasks (<see cref="TaskOptions.Name"/>). A pool tells 256 names apart; tasks of further ones count as "(other names)".</summary>
    public required string Name { get; init; }

    /// <summary>How many tasks were given to the pool, items of maps and streams one by one.</summary>
    public required long Submitted { get; init; }

    /// <summary>How many ended with a result.</summary>
    public required long Succeeded { get; init; }

    /// <summary>How many ended with an error, their worker's death and their time limit included.</summary>
    public required long Failed { get; init; }

    /// <summary>How many were cancelled before they began.</summary>
    public required long Canceled { get; init; }

    /// <summary>How often one of them was begun once more after a worker's death.</summary>
    public required long Retries { get; init; }

    /// <summary>How many workers died in one of them, those that the pool killed for a time limit or a cancellation not included.</summary>
    public required long WorkerDeaths { get; init; }

    /// <summary>How many did not end within their time limit.</summary>
    public required long TimedOut { get; init; }

    /// <summary>Bytes of the arguments that were written for workers; those that were taken back from a slow worker or tried again count each time.</summary>
    public required long ArgumentBytes { get; init; }

    /// <summary>Bytes of the results and errors that came back.</summary>
    public required long ResultBytes { get; init; }

    /// <summary>From the call until a worker began the task.</summary>
    public required TimeDistribution WaitingTime { get; init; }

    /// <summary>Writing and reading the argument and the result, in both processes.</summary>
    public required TimeDistribution SerializingTime { get; init; }

    /// <summary>How long the bodies ran.</summary>
    public required TimeDistribution WorkingTime { get; init; }

    /// <summary>Most of them were given one by one, and not as items of a source.</summary>
    internal bool TravelsAlone { get; init; }

    /// <summary>How many wait or run.</summary>
    public long Pending => Submitted - Succeeded - Failed - Canceled;
}

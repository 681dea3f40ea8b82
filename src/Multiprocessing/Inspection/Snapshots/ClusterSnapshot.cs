namespace Multiprocessing;

/// <summary>
/// The members of a cluster at one moment, as the package <c>Multiprocessing.Cluster</c> reads them: <c>ClusterMonitor.ReadAsync</c>, or
/// <c>ClusterPool.ReadClusterAsync</c>.
/// </summary>
/// <example>
/// <code>
/// ClusterSnapshot snapshot = await monitor.ReadAsync();
/// Console.WriteLine($"{snapshot.Nodes.Sum(node => node.BusyWorkers)} of {snapshot.Nodes.Sum(node => node.MaxWorkers)} workers busy");
/// Console.WriteLine($"{snapshot.Callers.Sum(caller => caller.WaitingTasks)} tasks wait for a node");
/// </code>
/// </example>
public sealed record ClusterSnapshot
{
    /// <summary>Gets the name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Gets when the members were asked.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Gets the nodes, by name.</summary>
    public required IReadOnlyList<ClusterNodeSnapshot> Nodes { get; init; }

    /// <summary>Gets the callers, by name.</summary>
    public required IReadOnlyList<ClusterCallerSnapshot> Callers { get; init; }
}

/// <summary>What a member of a cluster does.</summary>
/// <example>
/// <code>
/// var silent = snapshot.Nodes.Where(node => node.State == ClusterMemberState.Silent).Select(node => node.Name);
/// Console.WriteLine($"no answer: {string.Join(", ", silent)}");
/// </code>
/// </example>
public enum ClusterMemberState
{
    /// <summary>It has answered.</summary>
    Running,

    /// <summary>It finishes what it has, and takes no more tasks.</summary>
    Leaving,

    /// <summary>It has not answered in time, and the members have not declared it dead: its figures are not known.</summary>
    Silent,
}

/// <summary>A node at one moment.</summary>
/// <example>
/// <code>
/// foreach (ClusterNodeSnapshot node in snapshot.Nodes)
/// {
///     Console.WriteLine($"{node.Name} on {node.Machine}: {node.BusyWorkers}/{node.MaxWorkers} busy, {node.WaitingTasks} waiting");
/// }
/// </code>
/// </example>
public sealed record ClusterNodeSnapshot
{
    /// <summary>Gets the name of the node.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the address and the port at which the other members reach it.</summary>
    public required string Address { get; init; }

    /// <summary>Gets whether it answers and takes tasks.</summary>
    public required ClusterMemberState State { get; init; }

    /// <summary>Gets the name of its machine.</summary>
    public string Machine { get; init; } = "";

    /// <summary>Gets the id of its process on that machine.</summary>
    public int ProcessId { get; init; }

    /// <summary>Gets when the node started.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Gets the hash of its build.</summary>
    public string Build { get; init; } = "";

    /// <summary>Gets its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the number of processors of its machine that it may use.</summary>
    public int Processors { get; init; }

    /// <summary>
    /// Gets the average number of threads that have used or waited for a processor of its machine in the last minute; <see langword="null"/> where
    /// the system has no such number.
    /// </summary>
    public double? Load { get; init; }

    /// <summary>Gets the maximum number of its workers.</summary>
    public int MaxWorkers { get; init; }

    /// <summary>Gets the number of its workers that run a task.</summary>
    public int BusyWorkers { get; init; }

    /// <summary>Gets the number of tasks that it has and that no worker runs.</summary>
    public int WaitingTasks { get; init; }

    /// <summary>Gets the number of tasks that have ended on it.</summary>
    public long EndedTasks { get; init; }

    /// <summary>Gets the number of its workers that have died.</summary>
    public int WorkersDied { get; init; }

    /// <summary>Gets the number of callers that have given it tasks.</summary>
    public int Callers { get; init; }

    /// <summary>Gets its living workers.</summary>
    public IReadOnlyList<ClusterWorkerSnapshot> Workers { get; init; } = [];
}

/// <summary>A worker process of a node at one moment.</summary>
/// <param name="Number">The number of the worker on its node.</param>
/// <param name="ProcessId">The id of its process, or <see langword="null"/> if it has none yet.</param>
/// <param name="Activity">What it does.</param>
/// <param name="Task">The name of the task that it runs, or <see langword="null"/>.</param>
/// <param name="TaskTime">How long the task has been running, or <see langword="null"/>.</param>
/// <param name="TasksEnded">The number of tasks that have ended in it.</param>
/// <example>
/// <code>
/// foreach (ClusterWorkerSnapshot worker in snapshot.Nodes.SelectMany(node => node.Workers))
/// {
///     Console.WriteLine($"process {worker.ProcessId}: {worker.Task ?? "no task"} {worker.TaskTime}");
/// }
/// </code>
/// </example>
public sealed record ClusterWorkerSnapshot(
    int Number, int? ProcessId, WorkerActivity Activity, string? Task, TimeSpan? TaskTime, long TasksEnded);

/// <summary>A caller (<c>ClusterPool</c>) at one moment.</summary>
/// <example>
/// <code>
/// foreach (ClusterCallerSnapshot caller in snapshot.Callers)
/// {
///     Console.WriteLine($"{caller.Name} on {caller.Machine}: {caller.WaitingTasks} tasks wait, {caller.RunningTasks} are on nodes");
/// }
/// </code>
/// </example>
public sealed record ClusterCallerSnapshot
{
    /// <summary>Gets the name of the pool.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the address and the port at which the other members reach it.</summary>
    public required string Address { get; init; }

    /// <summary>Gets whether it answers.</summary>
    public required ClusterMemberState State { get; init; }

    /// <summary>Gets the name of its machine.</summary>
    public string Machine { get; init; } = "";

    /// <summary>Gets the id of its process on that machine.</summary>
    public int ProcessId { get; init; }

    /// <summary>Gets when the pool was connected.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Gets the number of nodes that it uses.</summary>
    public int Nodes { get; init; }

    /// <summary>Gets the number of tasks that wait in it for a node.</summary>
    public int WaitingTasks { get; init; }

    /// <summary>Gets the number of its tasks that nodes have.</summary>
    public int RunningTasks { get; init; }

    /// <summary>Gets the number of its tasks that have ended, with a result, an error or a cancellation.</summary>
    public long EndedTasks { get; init; }
}

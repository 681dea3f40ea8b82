namespace Multiprocessing;

/// <summary>The exception that is thrown when a cluster cannot be used: no node was found in time, or the nodes have another build.</summary>
/// <example>
/// <code>
/// try
/// {
///     await using IProcessPool pool = await ClusterPool.ConnectAsync(options =>
///     {
///         options.Cluster = "without nodes";
///         options.ConnectTimeout = TimeSpan.FromSeconds(5);
///         options.Membership.UseLocalhost();
///     });
/// }
/// catch (ClusterException exception)
/// {
///     Console.WriteLine(exception.Message); // no node was found within 5 s
/// }
/// </code>
/// </example>
public class ClusterException : Exception
{
    /// <summary>Initializes a new instance.</summary>
    /// <param name="message">What happened and the way out.</param>
    /// <param name="inner">The cause, or <see langword="null"/>.</param>
    public ClusterException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>
/// The exception that is thrown when a node died or was cut off while it had a task, and no more attempts are allowed. The task had begun, or may
/// have begun.
/// </summary>
/// <example>
/// <code>
/// try
/// {
///     await pool.RunAsync(() => Thread.Sleep(10));
/// }
/// catch (NodeLostException exception)
/// {
///     Console.WriteLine($"{exception.NodeName} was lost in attempt {exception.Attempts} of '{exception.TaskName}'.");
/// }
/// </code>
/// </example>
public sealed class NodeLostException : ClusterException
{
    /// <summary>Initializes a new instance.</summary>
    /// <param name="nodeName">The name of the node.</param>
    /// <param name="machine">The name of its machine.</param>
    /// <param name="processId">The id of its process on that machine.</param>
    /// <param name="taskName">The name of the task.</param>
    /// <param name="attempts">The number of times the task was given to a node.</param>
    public NodeLostException(string nodeName, string machine, int processId, string taskName, int attempts)
        : base(
            $"The node '{nodeName}' (process {processId} on {machine}) died or was cut off while it had the task '{taskName}', in attempt {attempts}."
            + $" If the task may run more than once, allow more attempts ({nameof(ClusterPoolOptions)}.{nameof(ClusterPoolOptions.MaxAttempts)}).")
    {
        NodeName = nodeName;
        Machine = machine;
        ProcessId = processId;
        TaskName = taskName;
        Attempts = attempts;
    }

    /// <summary>Gets the name of the node.</summary>
    public string NodeName { get; }

    /// <summary>Gets the name of the node's machine.</summary>
    public string Machine { get; }

    /// <summary>Gets the id of the node's process on its machine.</summary>
    public int ProcessId { get; }

    /// <summary>Gets the name of the task.</summary>
    public string TaskName { get; }

    /// <summary>Gets the number of times the task was given to a node.</summary>
    public int Attempts { get; }
}

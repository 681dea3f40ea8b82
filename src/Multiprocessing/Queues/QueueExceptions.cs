namespace Multiprocessing;

/// <summary>
/// Base of the exceptions that a <see cref="ProcessQueue{T}"/> throws about its own state. The death of another process is reported by
/// <see cref="ItemsLostException"/> and <see cref="QueueAbandonedException"/>, which are <see cref="ProcessDiedException"/>.
/// </summary>
/// <example>
/// <code>
/// using var queue = new ProcessQueue&lt;int>(capacity: 1);
/// try
/// {
///     queue.PutNoWait(1);
///     queue.PutNoWait(2);
/// }
/// catch (QueueException exception) // full, empty or completed
/// {
///     Console.WriteLine(exception.Message);
/// }
/// </code>
/// </example>
public abstract class QueueException : InvalidOperationException
{
    private protected QueueException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// The exception that is thrown when there is no room in the queue, at once or within the given time. The item is not in the queue.
/// </summary>
/// <example>
/// <code>
/// using var queue = new ProcessQueue&lt;int>(capacity: 2);
/// try
/// {
///     queue.PutMany([1, 2, 3], TimeSpan.FromMilliseconds(50));
/// }
/// catch (QueueFullException exception)
/// {
///     Console.WriteLine($"{exception.ItemsPut} items were put."); // 2
/// }
/// </code>
/// </example>
public sealed class QueueFullException : QueueException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, and how to proceed.</param>
    /// <param name="itemsPut">The number of items of a batch that were put.</param>
    public QueueFullException(string message, int itemsPut = 0)
        : base(message) => ItemsPut = itemsPut;

    /// <summary>
    /// Gets the number of items of a batch (<see cref="ProcessQueue{T}.PutMany(ReadOnlySpan{T}, TimeSpan, CancellationToken)"/>) that were put before
    /// the queue was full; 0 for a single item.
    /// </summary>
    public int ItemsPut { get; }
}

/// <summary>The exception that is thrown when there is no item in the queue, at once or within the given time.</summary>
/// <example>
/// <code>
/// using var queue = new ProcessQueue&lt;int>();
/// try
/// {
///     Console.WriteLine(queue.Get(TimeSpan.FromMilliseconds(50)));
/// }
/// catch (QueueEmptyException)
/// {
///     Console.WriteLine("There was no item within 50 ms."); // TryGet returns false instead
/// }
/// </code>
/// </example>
public sealed class QueueEmptyException : QueueException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, and how to proceed.</param>
    public QueueEmptyException(string message)
        : base(message)
    {
    }
}

/// <summary>
/// The exception that is thrown when a completed queue accepts no more items (put), or is drained as well (get). If it was completed with an error,
/// that is the <see cref="Exception.InnerException"/>.
/// </summary>
/// <example>
/// <code>
/// using var queue = new ProcessQueue&lt;int>();
/// queue.Complete();
/// try
/// {
///     queue.Put(1);
/// }
/// catch (QueueCompletedException exception)
/// {
///     Console.WriteLine(exception.Message);
/// }
/// </code>
/// </example>
public sealed class QueueCompletedException : QueueException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, and how to proceed.</param>
    /// <param name="innerException">The error that the queue was completed with; its message is added to this one's.</param>
    public QueueCompletedException(string message, Exception? innerException = null)
        : base(innerException is null ? message : $"{message} It was completed with an error: {innerException.Message}", innerException)
    {
    }
}

/// <summary>
/// The exception that is thrown when a wait cannot end any more: other processes held the queue, and none of them is left to put, take or mark an
/// item. The wait may be tried again when another process holds the queue.
/// </summary>
/// <remarks>
/// <see cref="ProcessDiedException.ProcessId"/> is the process that held the queue last; <see cref="ProcessDiedException.ExitStatus"/> has
/// <see cref="ExitReason.Unknown"/> if that process is alive and has only disposed its queue.
/// </remarks>
/// <example>
/// <code>
/// using var queue = new ProcessQueue&lt;int>();
/// using var producer = ChildProcess.Run(() => queue.Put(1)); // it does not call Complete
/// try
/// {
///     foreach (int item in queue.ReadAll())
///     {
///         Console.WriteLine(item);
///     }
/// }
/// catch (QueueAbandonedException exception)
/// {
///     Console.WriteLine(exception.Message); // the last process that could put an item exited
/// }
/// </code>
/// </example>
public sealed class QueueAbandonedException : ProcessDiedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, to which queue, and how to proceed.</param>
    /// <param name="processId">The process that held the queue last.</param>
    /// <param name="processName">The name that the process had; empty if it is not known.</param>
    /// <param name="exitStatus">How that process ended.</param>
    /// <param name="standardErrorTail">The last lines that it wrote to standard error.</param>
    /// <exception cref="ArgumentNullException"><paramref name="exitStatus"/> is <see langword="null"/>.</exception>
    public QueueAbandonedException(string message, int processId, string processName, ExitStatus exitStatus, string standardErrorTail = "")
        : base(message, processId, processName, exitStatus, standardErrorTail)
    {
    }
}

/// <summary>
/// The exception that is thrown when a process ended with items that it had taken and not marked done, so they will never be marked.
/// They count as done from now on: the next <see cref="ProcessQueue{T}.WaitAllDone()"/> waits for the other items only.
/// </summary>
/// <remarks><see cref="ProcessDiedException.ProcessId"/> is the process that had taken the items; the last one if several ended.</remarks>
/// <example>
/// <code>
/// using var jobs = new ProcessQueue&lt;string>();
/// jobs.Put("page 1");
/// using var worker = ChildProcess.Run(() =>
/// {
///     jobs.Get();
///     Environment.FailFast("The process dies before it marks the item as done.");
/// });
/// try
/// {
///     jobs.WaitAllDone();
/// }
/// catch (ItemsLostException exception)
/// {
///     Console.WriteLine($"{exception.ItemsLost} items were lost. Put them again if they matter."); // 1
/// }
/// </code>
/// </example>
public sealed class ItemsLostException : ProcessDiedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, to which queue, and how to proceed.</param>
    /// <param name="processId">The process that had taken the items.</param>
    /// <param name="processName">The name that the process had; empty if it is not known.</param>
    /// <param name="exitStatus">How that process ended.</param>
    /// <param name="itemsLost">The number of lost items.</param>
    /// <param name="standardErrorTail">The last lines that it wrote to standard error.</param>
    /// <exception cref="ArgumentNullException"><paramref name="exitStatus"/> is <see langword="null"/>.</exception>
    public ItemsLostException(string message, int processId, string processName, ExitStatus exitStatus, long itemsLost, string standardErrorTail = "")
        : base(message, processId, processName, exitStatus, standardErrorTail) => ItemsLost = itemsLost;

    /// <summary>Gets the number of items lost since the last report.</summary>
    public long ItemsLost { get; }
}

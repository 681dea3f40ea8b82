namespace Multiprocessing;

/// <summary>
/// Base of the exceptions that a <see cref="ProcessQueue{T}"/> throws about its own state. The death of another process is reported by <see cref="ItemsLostException"/> and <see cref="QueueAbandonedException"/>, which are
/// <see cref="ProcessDiedException"/>.
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

/// <summary>There was no room in the queue, at once or within the time given. The item that was to be put is not in the queue.</summary>
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
    /// <param name="message">What happened, and the way out.</param>
    /// <param name="itemsPut">How many items of a batch had been put.</param>
    public QueueFullException(string message, int itemsPut = 0)
        : base(message) => ItemsPut = itemsPut;

    /// <summary>How many items of a batch (<see cref="ProcessQueue{T}.PutMany(ReadOnlySpan{T}, TimeSpan, CancellationToken)"/>) had been put before the room ran out; 0 for a single item.</summary>
    public int ItemsPut { get; }
}

/// <summary>There was no item in the queue, at once or within the time given.</summary>
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
    /// <param name="message">What happened, and the way out.</param>
    public QueueEmptyException(string message)
        : base(message)
    {
    }
}

/// <summary>
/// The queue takes no more items (put), or it takes no more and has been drained (get). If it was completed with an error, that is the <see cref="Exception.InnerException"/>.
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
    /// <param name="message">What happened, and the way out.</param>
    /// <param name="innerException">The error that the queue was completed with; its message is added to this one's.</param>
    public QueueCompletedException(string message, Exception? innerException = null)
        : base(innerException is null ? message : $"{message} It was completed with an error: {innerException.Message}", innerException)
    {
    }
}

/// <summary>
/// A wait cannot end any more: other processes have held the queue, and none of them is left that could put, take or mark anything.
/// The wait may be tried again once another process has the queue.
/// </summary>
/// <remarks>
/// <see cref="ProcessDiedException.ProcessId"/> is the process that held the queue last; <see cref="ProcessDiedException.ExitStatus"/> has <see cref="ExitReason.Unknown"/> if that process lives and has
/// only disposed its queue.
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
    /// <param name="message">What happened, to which queue, and the way out.</param>
    /// <param name="processId">The process that held the queue last.</param>
    /// <param name="processName">The name that the process had; empty if it is not known.</param>
    /// <param name="exitStatus">How that process ended.</param>
    /// <param name="standardErrorTail">What it wrote to standard error before it ended.</param>
    /// <exception cref="ArgumentNullException"><paramref name="exitStatus"/> is <see langword="null"/>.</exception>
    public QueueAbandonedException(string message, int processId, string processName, ExitStatus exitStatus, string standardErrorTail = "")
        : base(message, processId, processName, exitStatus, standardErrorTail)
    {
    }
}

/// <summary>
/// A process ended with items in its hands that it had taken and not marked done, so that nobody will ever mark them.
/// They count as done from now on: the next <see cref="ProcessQueue{T}.WaitAllDone()"/> waits for the others only.
/// </summary>
/// <remarks><see cref="ProcessDiedException.ProcessId"/> is the process that had the items; the last one if several ended.</remarks>
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
    /// <param name="message">What happened, to which queue, and the way out.</param>
    /// <param name="processId">The process that had the items.</param>
    /// <param name="processName">The name that the process had; empty if it is not known.</param>
    /// <param name="exitStatus">How that process ended.</param>
    /// <param name="itemsLost">How many items were lost.</param>
    /// <param name="standardErrorTail">What it wrote to standard error before it ended.</param>
    /// <exception cref="ArgumentNullException"><paramref name="exitStatus"/> is <see langword="null"/>.</exception>
    public ItemsLostException(string message, int processId, string processName, ExitStatus exitStatus, long itemsLost, string standardErrorTail = "")
        : base(message, processId, processName, exitStatus, standardErrorTail) => ItemsLost = itemsLost;

    /// <summary>How many items were lost since the last report.</summary>
    public long ItemsLost { get; }
}

namespace Multiprocessing;

/// <summary>Base of what a <see cref="ProcessQueue{T}"/> throws about its own state.</summary>
public abstract class QueueException : InvalidOperationException
{
    private protected QueueException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>There was no room in the queue, at once or within the time given. The item that was to be put is not in the queue.</summary>
public sealed class QueueFullException : QueueException
{
    internal QueueFullException(string message, int itemsPut = 0)
        : base(message) => ItemsPut = itemsPut;

    /// <summary>How many items of a batch (<see cref="ProcessQueue{T}.PutMany(ReadOnlySpan{T}, TimeSpan, CancellationToken)"/>) had been put before the room ran out; 0 for a single item.</summary>
    public int ItemsPut { get; }
}

/// <summary>There was no item in the queue, at once or within the time given.</summary>
public sealed class QueueEmptyException : QueueException
{
    internal QueueEmptyException(string message)
        : base(message)
    {
    }
}

/// <summary>
/// The queue takes no more items (put), or it takes no more and has been drained (get). If it was completed with an error, that is the <see cref="Exception.InnerException"/>.
/// </summary>
public sealed class QueueCompletedException : QueueException
{
    internal QueueCompletedException(string message, Exception? error)
        : base(error is null ? message : $"{message} It was completed with an error: {error.Message}", error)
    {
    }
}

/// <summary>
/// A wait cannot end any more: other processes have held the queue, and none of them is left that could put, take or mark anything.
/// The wait may be tried again once another process has the queue.
/// </summary>
public sealed class QueueAbandonedException : QueueException
{
    internal QueueAbandonedException(string message, int processId, ExitStatus exitStatus)
        : base(message)
    {
        ProcessId = processId;
        ExitStatus = exitStatus;
    }

    /// <summary>The process that held the queue last.</summary>
    public int ProcessId { get; }

    /// <summary>How that process ended; <see cref="ExitReason.Unknown"/> if it lives and only let go of the queue.</summary>
    public ExitStatus ExitStatus { get; }
}

/// <summary>
/// A process ended with items in its hands that it had taken and not marked done, so that nobody will ever mark them.
/// They count as done from now on: the next <see cref="ProcessQueue{T}.WaitAllDone()"/> waits for the others only.
/// </summary>
public sealed class ItemsLostException : QueueException
{
    internal ItemsLostException(string message, int processId, ExitStatus exitStatus, long count)
        : base(message)
    {
        ProcessId = processId;
        ExitStatus = exitStatus;
        Count = count;
    }

    /// <summary>The process that had the items; the last one of them if several ended.</summary>
    public int ProcessId { get; }

    /// <summary>How that process ended.</summary>
    public ExitStatus ExitStatus { get; }

    /// <summary>How many items were lost since the last report.</summary>
    public long Count { get; }
}

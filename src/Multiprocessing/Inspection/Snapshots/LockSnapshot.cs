namespace Multiprocessing;

/// <summary>The kinds of synchronization objects.</summary>
/// <example>
/// <code>
/// using var gate = new ProcessLock();
/// using var monitor = ProgramMonitor.OpenCurrent();
/// int locks = monitor.Read().Locks.Count(static item => item.Kind == LockKind.Lock); // at least 1
/// </code>
/// </example>
public enum LockKind
{
    /// <summary>A <see cref="ProcessLock"/>.</summary>
    Lock,

    /// <summary>A <see cref="ProcessReaderWriterLock"/>.</summary>
    ReaderWriterLock,

    /// <summary>A <see cref="ProcessSemaphore"/>.</summary>
    Semaphore,

    /// <summary>A <see cref="ProcessEvent"/>.</summary>
    Event,

    /// <summary>A <see cref="ProcessCondition"/>.</summary>
    Condition,

    /// <summary>A <see cref="ProcessBarrier"/>.</summary>
    Barrier,

    /// <summary>The lock of a <see cref="SharedArray{T}"/>, <see cref="SharedValue{T}"/> or <see cref="SharedMemory"/>.</summary>
    SharedMemory,
}

/// <summary>One lock or other synchronization object of a program at one moment. Immutable.</summary>
/// <example>
/// <code>
/// using var gate = new ProcessLock();
/// using var scope = gate.EnterScope();
/// using var monitor = ProgramMonitor.OpenCurrent();
/// LockSnapshot owned = monitor.Read().Locks.First(static item => item.OwnerProcessId == Environment.ProcessId);
/// Console.WriteLine($"{owned.Kind}: {owned.WaiterCount} wait");
/// </code>
/// </example>
public sealed record LockSnapshot
{
    /// <summary>Gets the id, which is unique in the program for as long as it runs.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the kind.</summary>
    public required LockKind Kind { get; init; }

    /// <summary>Gets the name that the program gave the object; null if it has none.</summary>
    public required string? Name { get; init; }

    /// <summary>
    /// Gets the text by which <c>mp</c>, the dashboard and reports name the object: its name, or else its kind with its id, such as
    /// <c>semaphore 6-1</c>. Never null.
    /// </summary>
    public string Label => ObjectLabels.Of(this);

    /// <summary>
    /// Gets the process that owns the lock, or the writer of a reader-writer lock; null if it is free. Always null for the other kinds.
    /// </summary>
    public required int? OwnerProcessId { get; init; }

    /// <summary>Gets the processes that wait for it, one entry for each waiting thread.</summary>
    public required IReadOnlyList<int> WaitingProcessIds { get; init; }

    /// <summary>Gets the number of waiters.</summary>
    public int WaiterCount => WaitingProcessIds.Count;

    /// <summary>
    /// Gets the count of a semaphore, the readers of a reader-writer lock, the participants that have arrived at a barrier, 1 or 0 for an event that
    /// is set or not; null for the other kinds.
    /// </summary>
    public required long? Count { get; init; }

    /// <summary>
    /// Gets how often a thread or an asynchronous call had to wait for it so far: it slept, or was suspended. Waits that ended by spinning do not
    /// count.
    /// </summary>
    public required long ContentionCount { get; init; }

    /// <summary>Gets how often the lock was taken over from an owner that had died.</summary>
    public required long AbandonmentCount { get; init; }

    /// <summary>Gets the processes that have the object.</summary>
    public required IReadOnlyList<int> HolderProcessIds { get; init; }
}

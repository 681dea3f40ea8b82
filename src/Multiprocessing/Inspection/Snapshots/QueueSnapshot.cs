namespace Multiprocessing;

/// <summary>One queue of a program at one moment. Immutable.</summary>
/// <example>
/// <code>
/// using var queue = new ProcessQueue&lt;int>(new() { Capacity = 10, DisplayName = "jobs" });
/// queue.Put(1);
/// using var monitor = ProgramMonitor.OpenCurrent();
/// QueueSnapshot snapshot = monitor.Read().Queues.First(static item => item.Name == "jobs");
/// Console.WriteLine($"{snapshot.Count} of {snapshot.Capacity}"); // 1 of 10
/// </code>
/// </example>
public sealed record QueueSnapshot
{
    /// <summary>Gets the id, which is unique in the program for as long as it runs.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the name that the program gave the queue; null if it has none.</summary>
    public required string? Name { get; init; }

    /// <summary>
    /// Gets the text by which <c>mp</c>, the dashboard and reports name the queue: its name, or else its id with the type of its items, such as
    /// <c>queue 9-2 of LogLine</c>. A queue inside a connection is named as that connection. Never null.
    /// </summary>
    public string Label => ObjectLabels.Of(this);

    /// <summary>
    /// Gets the type of the items, as C# writes it; null for the queue inside a connection, whose messages may have any type. Of a text with more
    /// than 128 characters it is the end.
    /// </summary>
    public string? ItemType { get; init; }

    /// <summary>Gets the maximum number of items; null if there is none.</summary>
    public required long? Capacity { get; init; }

    /// <summary>Gets the number of items.</summary>
    public required long Count { get; init; }

    /// <summary>Gets the bytes of the items in the queue, with their headers.</summary>
    public required long Bytes { get; init; }

    /// <summary>Gets the number of items that were ever put.</summary>
    public required long PutCount { get; init; }

    /// <summary>Gets the number of items that were ever taken.</summary>
    public required long GetCount { get; init; }

    /// <summary>Gets the number of threads and processes that wait for an item.</summary>
    public required int WaitingGetters { get; init; }

    /// <summary>Gets the number of threads and processes that wait for room.</summary>
    public required int WaitingPutters { get; init; }

    /// <summary>
    /// Gets how often a thread or an asynchronous call had to wait for an item so far: it slept, or was suspended. Waits that ended by spinning do
    /// not count.
    /// </summary>
    public long GetWaitCount { get; init; }

    /// <summary>Gets how often a thread or an asynchronous call had to wait for room so far.</summary>
    public long PutWaitCount { get; init; }

    /// <summary>Gets whether no more items are accepted.</summary>
    public required bool IsCompletionRequested { get; init; }

    /// <summary>Gets the processes that have the queue.</summary>
    public required IReadOnlyList<int> HolderProcessIds { get; init; }
}

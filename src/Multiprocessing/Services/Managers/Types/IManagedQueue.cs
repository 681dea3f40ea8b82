namespace Multiprocessing;

/// <summary>
/// A queue in the process of a manager: FIFO for its items and for the calls that wait. No thread of the manager waits. For processes of one program
/// a <see cref="ProcessQueue{T}"/> is much faster; this one also serves programs on other machines.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <remarks>
/// If a process ends between taking an item and receiving it, that item is lost. If it has taken items and not marked them as done,
/// <see cref="WaitAllDone(CancellationToken)"/> throws <see cref="ItemsLostException"/> once, and the items count as done.
/// </remarks>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedQueue&lt;string> jobs = manager.Queue&lt;string>(capacity: 100);
/// using var worker = ChildProcess.Run(() =>
/// {
///     while (jobs.TryGet(out var job, Timeout.InfiniteTimeSpan)) // until the queue is completed
///     {
///         Console.WriteLine(job);
///         jobs.MarkDone();
///     }
/// });
/// jobs.Put("page 1");
/// jobs.WaitAllDone();
/// jobs.Complete();
/// worker.Wait();
/// </code>
/// </example>
public interface IManagedQueue<T> : IManagedObject
{
    /// <summary>Gets the maximum number of items; <see langword="null"/> for no limit.</summary>
    int? Capacity { get; }

    /// <summary>Gets the number of items.</summary>
    int Count { get; }

    /// <summary>Gets whether there is no item.</summary>
    bool IsEmpty { get; }

    /// <summary>Gets whether there is no room for an item.</summary>
    bool IsFull { get; }

    /// <summary>Gets whether the queue is completed and has no items.</summary>
    bool IsCompleted { get; }

    /// <summary>Puts an item; waits for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueCompletedException">The queue was completed.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    void Put(T item, CancellationToken cancellationToken = default);

    /// <summary>Puts an item if there is room in time.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueFullException">There was no room in time.</exception>
    /// <inheritdoc cref="Put(T, CancellationToken)"/>
    void Put(T item, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Puts an item if there is room in time.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the item was put.</returns>
    /// <inheritdoc cref="Put(T, CancellationToken)"/>
    bool TryPut(T item, TimeSpan timeout = default, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Put(T, CancellationToken)"/>
    ValueTask PutAsync(T item, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="TryPut"/>
    ValueTask<bool> TryPutAsync(T item, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Removes and returns the first item; waits for one.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The item.</returns>
    /// <exception cref="QueueCompletedException">The queue was completed and has no items.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    T Get(CancellationToken cancellationToken = default);

    /// <summary>Removes and returns the first item if there is one in time.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <inheritdoc cref="Get(CancellationToken)"/>
    T Get(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Removes and returns the first item if there is one in time.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was an item. False too if the queue was completed.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    bool TryGet(
        [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item, TimeSpan timeout = default, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Get(CancellationToken)"/>
    ValueTask<T> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes and returns the first item if there is one in time.</summary>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was an item, and the item.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    ValueTask<(bool HasItem, T? Item)> TryGetAsync(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Takes items until the queue is completed and has no items.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The items.</returns>
    IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default);

    /// <summary>Completes the queue: it accepts no more items; the items in it can be taken.</summary>
    void Complete();

    /// <summary>Marks items that this process took as done.</summary>
    /// <param name="count">The number of items.</param>
    /// <exception cref="InvalidOperationException">More items than were put would be marked.</exception>
    void MarkDone(int count = 1);

    /// <summary>Waits until every item that was put is marked as done.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ItemsLostException">A process ended with items that it had taken and not marked.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    void WaitAllDone(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="WaitAllDone(CancellationToken)"/>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether all items were marked in time.</returns>
    bool WaitAllDone(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="WaitAllDone(CancellationToken)"/>
    ValueTask WaitAllDoneAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="WaitAllDone(TimeSpan, CancellationToken)"/>
    ValueTask<bool> WaitAllDoneAsync(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Returns a copy of the items, taken in one step. They stay in the queue.</summary>
    /// <returns>The copy.</returns>
    T[] GetValue();
}

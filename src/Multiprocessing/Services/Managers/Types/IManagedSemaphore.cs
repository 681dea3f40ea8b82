namespace Multiprocessing;

/// <summary>
/// A semaphore in the process of a manager. Waiters are served in FIFO order. If a client ends for any reason, the permits that it has taken and not
/// released are released.
/// </summary>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedSemaphore licenses = manager.Semaphore(2);
/// licenses.Wait();
/// try
/// {
///     Console.WriteLine($"{licenses.CurrentCount} left"); // 1 left
/// }
/// finally
/// {
///     licenses.Release();
/// }
/// </code>
/// </example>
public interface IManagedSemaphore : IManagedObject
{
    /// <summary>Gets the number of free permits.</summary>
    int CurrentCount { get; }

    /// <summary>Takes a permit; waits for one.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was canceled before there was a permit.</exception>
    void Wait(CancellationToken cancellationToken = default);

    /// <summary>Takes a permit if there is one in time.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether a permit was taken.</returns>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Wait(CancellationToken)"/>
    ValueTask WaitAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Releases permits.</summary>
    /// <param name="count">The number of permits.</param>
    /// <returns>The number of free permits before the call.</returns>
    /// <exception cref="SemaphoreFullException">The semaphore would have more permits than its maximum.</exception>
    int Release(int count = 1);
}

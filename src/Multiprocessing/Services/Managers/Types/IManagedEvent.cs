namespace Multiprocessing;

/// <summary>An event in the process of a manager.</summary>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedEvent ready = manager.Event();
/// using var child = ChildProcess.Run(() => ready.Set());
/// ready.Wait();
/// </code>
/// </example>
public interface IManagedEvent : IManagedObject
{
    /// <summary>Gets whether the event is set.</summary>
    bool IsSet { get; }

    /// <summary>Sets the event: all waiting calls return, or one if the event resets itself.</summary>
    void Set();

    /// <summary>Resets the event.</summary>
    void Reset();

    /// <summary>Waits until the event is set.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was canceled before the event was set.</exception>
    void Wait(CancellationToken cancellationToken = default);

    /// <summary>Waits until the event is set, up to a time limit.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the event was set in time.</returns>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Wait(CancellationToken)"/>
    ValueTask WaitAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default);
}

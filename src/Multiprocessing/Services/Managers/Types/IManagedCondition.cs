namespace Multiprocessing;

/// <summary>
/// A condition in the process of a manager, with its lock. A wait exits the lock, waits for a notification and enters the lock again.
/// Notifications wake the calls that wait longest.
/// </summary>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedCondition changed = manager.Condition();
/// using var temperature = manager.Value(20);
/// using var child = ChildProcess.Run(() =>
/// {
///     changed.Enter();
///     temperature.Value = 31;
///     changed.NotifyAll();
///     changed.Exit();
/// });
/// changed.Enter();
/// changed.Wait(() => temperature.Value > 30, TimeSpan.FromSeconds(30));
/// changed.Exit();
/// </code>
/// </example>
public interface IManagedCondition : IManagedLock
{
    /// <summary>Waits for a notification. The calling thread must own the lock, and owns it afterwards, however the wait ends.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SynchronizationLockException">The calling thread does not own the lock.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before a notification.</exception>
    void Wait(CancellationToken cancellationToken = default);

    /// <summary>Waits for a notification, up to a time limit.</summary>
    /// <param name="timeout">The longest wait for the notification. Entering the lock again may take longer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was a notification in time.</returns>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until a predicate holds. It is called in this process, with the lock held: before the wait and after each notification.
    /// </summary>
    /// <param name="predicate">The predicate.</param>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The last result of the predicate.</returns>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    bool Wait(Func<bool> predicate, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Waits for a notification, with a lock that was entered by <see cref="IManagedLock.EnterAsync"/>.</summary>
    /// <param name="hold">The hold of the lock, which it is again afterwards.</param>
    /// <param name="timeout">The longest wait for the notification.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was a notification in time.</returns>
    /// <exception cref="SynchronizationLockException">The hold was disposed, or belongs to another lock.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before a notification.</exception>
    ValueTask<bool> WaitAsync(ManagedLockHold hold, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Wakes calls that wait. The calling thread must own the lock.</summary>
    /// <param name="count">The maximum number of calls.</param>
    /// <exception cref="SynchronizationLockException">The calling thread does not own the lock.</exception>
    void Notify(int count = 1);

    /// <summary>Wakes calls that wait.</summary>
    /// <param name="hold">The hold of the lock.</param>
    /// <param name="count">The maximum number of calls.</param>
    /// <exception cref="SynchronizationLockException">The hold was disposed, or belongs to another lock.</exception>
    void Notify(ManagedLockHold hold, int count = 1);

    /// <summary>Wakes all calls that wait. The calling thread must own the lock.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not own the lock.</exception>
    void NotifyAll();
}

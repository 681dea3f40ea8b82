namespace Multiprocessing;

/// <summary>
/// A lock in the process of a manager: mutual exclusion between clients, also of other programs and machines. It is owned by a thread of a client or,
/// when entered by <see cref="EnterAsync"/>, by the returned <see cref="ManagedLockHold"/>. Waiters are served in FIFO order. Between processes of
/// one program a <see cref="ProcessLock"/> is much faster.
/// </summary>
/// <remarks>
/// If a client ends for any reason while it owns the lock, the next waiter becomes the owner and is notified
/// (<see cref="EnterResult.WasAbandoned"/>).
/// </remarks>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedLock gate = manager.Lock();
/// using var child = ChildProcess.Run(() =>
/// {
///     gate.Enter();
///     Environment.FailFast("The process dies while it owns the lock.");
/// });
/// child.Join();
/// EnterResult result = gate.Enter(); // the manager has released it
/// gate.Exit();
/// </code>
/// </example>
public interface IManagedLock : IManagedObject
{
    /// <summary>Gets whether the lock has an owner.</summary>
    bool IsHeld { get; }

    /// <summary>Waits for the lock and enters it.</summary>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    /// <returns>Whether the last owner ended while it held the lock.</returns>
    /// <exception cref="LockRecursionException">This thread owns the lock already, and the lock was created without recursion.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before the lock was entered.</exception>
    EnterResult Enter(CancellationToken cancellationToken = default);

    /// <summary>Waits for the lock, up to a time limit.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    /// <returns>Whether this thread owns the lock now.</returns>
    /// <inheritdoc cref="Enter"/>
    bool TryEnter(TimeSpan timeout = default, CancellationToken cancellationToken = default);

    /// <summary>Exits the lock; of several entries of this thread, the last one.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not own the lock.</exception>
    void Exit();

    /// <summary>Waits for the lock without a thread and enters it. The owner is the returned object: any thread may dispose it.</summary>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    /// <returns>The hold; the lock is exited when it is disposed.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled before the lock was entered.</exception>
    ValueTask<ManagedLockHold> EnterAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits for the lock without a thread, up to a time limit.</summary>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    /// <returns>The hold, or <see langword="null"/> when the lock could not be entered in time.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled before the lock was entered.</exception>
    ValueTask<ManagedLockHold?> TryEnterAsync(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Waits for the lock and enters it: <c>using (gate.EnterScope()) { ... }</c>.</summary>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    /// <returns>The hold; the lock is exited when it is disposed, on any thread.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled before the lock was entered.</exception>
    ManagedLockHold EnterScope(CancellationToken cancellationToken = default);
}

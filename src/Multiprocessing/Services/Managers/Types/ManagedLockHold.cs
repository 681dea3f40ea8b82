namespace Multiprocessing;

/// <summary>
/// A managed lock that was entered by <see cref="IManagedLock.EnterAsync"/> or <see cref="IManagedLock.EnterScope"/>. Disposing it exits the lock;
/// any thread may do so. If it is never disposed, the lock stays held until this process ends or closes its connection.
/// </summary>
/// <example>
/// <code>
/// await using var manager = await ProcessManager.StartAsync();
/// using var gate = manager.Lock();
/// await using (ManagedLockHold hold = await gate.EnterAsync())
/// {
///     await Task.Delay(10); // any thread may go on: the hold owns the lock
/// }
/// </code>
/// </example>
public sealed class ManagedLockHold : IDisposable, IAsyncDisposable
{
    private readonly ManagedLockBase _lock;
    private int _isDisposed;

    internal ManagedLockHold(ManagedLockBase entered, long owner, EnterResult result)
    {
        _lock = entered;
        Owner = owner;
        Result = result;
    }

    /// <summary>Gets whether the last owner ended while it held the lock.</summary>
    public EnterResult Result { get; }

    /// <inheritdoc cref="EnterResult.WasAbandoned"/>
    public bool WasAbandoned => Result.WasAbandoned;

    internal long Owner { get; }

    /// <summary>Exits the lock. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _lock.Exit(Owner);
        }
    }

    /// <summary>Exits the lock. A second call does nothing.</summary>
    /// <returns>A task that ends when the lock is exited.</returns>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _isDisposed, 1) == 0 ? _lock.ExitAsync(Owner) : default;

    /// <summary>Returns the number of the owner if the hold is one of a lock.</summary>
    internal long OwnerOf(ManagedLockBase expected) =>
        ReferenceEquals(_lock, expected) && Volatile.Read(ref _isDisposed) == 0
            ? Owner
            : throw new SynchronizationLockException("The hold was disposed, or it is a hold of another managed lock.");
}

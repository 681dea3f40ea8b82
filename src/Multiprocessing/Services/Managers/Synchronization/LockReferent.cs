namespace Multiprocessing;

/// <summary>The lock in the manager's process. An owner whose client ends releases it, and the next owner is notified.</summary>
internal sealed class LockReferent(LockRecursionPolicy policy) : IHeldByClients, IReferent<IManagedLock>
{
    /// <summary>The reply to a call that did not get the lock in time.</summary>
    public const int TimedOut = -2;

    /// <summary>The reply to a call that got the lock from an ended client whose process is not known.</summary>
    public const int Abandoned = -1;

    private readonly Lock _gate = new();
    private ManagedOwner _owner;
    private int _depth;
    private int _abandonedBy;
    private WaitingRoom? _room;

    /// <summary>Gets the lock that guards the state, which a condition of the lock enters too.</summary>
    public Lock Gate => _gate;

    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _depth > 0;
            }
        }
    }

    private WaitingRoom Room => _room ??= new WaitingRoom(_gate);

    /// <returns>0, the process that died as owner, <see cref="Abandoned"/> or <see cref="TimedOut"/>.</returns>
    public async ValueTask<int> EnterAsync(ManagedOwner owner, int depth, Deadline deadline, CancellationToken cancellationToken)
    {
        var reply = 0;
        ValueTask<bool> wait;
        lock (_gate)
        {
            if (_depth > 0 && _owner == owner)
            {
                Enter(owner, depth);
                return 0;
            }

            if (Room.IsEmpty && TryTake(owner, depth, out reply))
            {
                return reply;
            }

            wait = Room.Wait(() => TryTake(owner, depth, out reply), deadline, cancellationToken);
        }

        return await wait.ConfigureAwait(false) ? reply : TimedOut;
    }

    public void Exit(ManagedOwner owner)
    {
        lock (_gate)
        {
            ThrowIfNotOwner(owner);
            if (--_depth == 0)
            {
                Free();
            }
        }
    }

    /// <summary>Exits all entries of the owner; for a wait at a condition. Called under <see cref="Gate"/>.</summary>
    /// <returns>The number of entries, for the call that enters again.</returns>
    public int ExitAll(ManagedOwner owner)
    {
        ThrowIfNotOwner(owner);
        var depth = _depth;
        _depth = 0;
        Free();
        return depth;
    }

    /// <exception cref="SynchronizationLockException">The caller does not own the lock.</exception>
    public void ThrowIfNotOwner(ManagedOwner owner)
    {
        if (_depth == 0 || _owner != owner)
        {
            throw new SynchronizationLockException(
                _depth == 0 ? "The managed lock is not held: the caller must enter it first."
                    : $"The managed lock is held by another owner ({_owner.Client}), not by the caller.");
        }
    }

    public void Release(ManagedClient client)
    {
        lock (_gate)
        {
            if (_depth > 0 && _owner.Client == client)
            {
                _abandonedBy = client.ProcessId > 0 ? client.ProcessId : Abandoned;
                _depth = 0;
                Free();
            }
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return _depth == 0 ? "free" : $"held by {_owner.Client}";
        }
    }

    private bool TryTake(ManagedOwner owner, int depth, out int reply)
    {
        reply = 0;
        if (_depth > 0)
        {
            return false;
        }

        owner.Client!.Hold(this);
        _owner = owner;
        _depth = depth;
        (reply, _abandonedBy) = (_abandonedBy, 0);
        return true;
    }

    private void Enter(ManagedOwner owner, int depth)
    {
        if (policy == LockRecursionPolicy.NoRecursion)
        {
            throw new LockRecursionException(
                $"The caller owns the managed lock already ({owner.Client}). "
                + "Create the lock with LockRecursionPolicy.SupportsRecursion to enter it again.");
        }

        _depth += depth;
    }

    private void Free()
    {
        _owner.Client!.Forget(this);
        _owner = default;
        _room?.Pulse();
    }
}

namespace Multiprocessing;

/// <summary>
/// The condition in the manager's process, with its lock. A notification wakes the calls that wait longest; each enters the lock again before it
/// returns. All state is guarded by the lock referent's gate.
/// </summary>
internal sealed class ConditionReferent(LockReferent guard) : IReferent<IManagedCondition>
{
    private readonly WaitingRoom _room = new(guard.Gate);

    /// <summary>Notifications that were sent and not used by a waiting call. Zero outside of <see cref="Notify"/>.</summary>
    private int _notifications;

    public LockReferent Guard => guard;

    /// <summary>Releases the lock, waits for a notification, and enters the lock again; after a time-out or a cancelled token too.</summary>
    /// <returns>
    /// Whether the call was notified in time, and the reply of the lock. If the client has ended meanwhile, the lock is not entered.
    /// </returns>
    public async ValueTask<ConditionReply> WaitAsync(ManagedOwner owner, Deadline deadline, CancellationToken cancellationToken)
    {
        ValueTask<bool> wait;
        int depth;
        lock (guard.Gate)
        {
            guard.ThrowIfNotOwner(owner);
            cancellationToken.ThrowIfCancellationRequested();
            wait = deadline.HasPassed ? new(false) : _room.Wait(TakeNotification, deadline, cancellationToken);
            depth = guard.ExitAll(owner);
        }

        var notified = false;
        OperationCanceledException? canceled = null;
        try
        {
            notified = await wait.ConfigureAwait(false);
        }
        catch (OperationCanceledException error)
        {
            canceled = error;
        }

        // Without a limit and without the token: the caller's code after the wait exits the lock, as after every other end of the wait.
        var entered = await guard.EnterAsync(owner, depth, Deadline.Never, CancellationToken.None).ConfigureAwait(false);
        return canceled is null ? new(notified, entered) : throw canceled;
    }

    public void Notify(ManagedOwner owner, int count)
    {
        if (count < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "The number of notifications must be positive.");
        }

        lock (guard.Gate)
        {
            guard.ThrowIfNotOwner(owner);
            _notifications = Math.Min(count, _room.Count);
            _room.Pulse();
            _notifications = 0;
        }
    }

    public override string ToString() => $"condition, lock {guard}";

    private bool TakeNotification()
    {
        if (_notifications == 0)
        {
            return false;
        }

        _notifications--;
        return true;
    }
}

/// <summary>The end of a wait at a condition.</summary>
internal struct ConditionReply(bool isNotified, int entered) : IPayloadParts
{
    /// <summary>Whether a notification ended the wait.</summary>
    public bool IsNotified = isNotified;

    /// <summary>The reply of the lock that was entered again.</summary>
    public int Entered = entered;

    public readonly void Write(PayloadFormat format, MessageBuffer buffer, string name)
    {
        format.Write(buffer, IsNotified, name);
        format.Write(buffer, Entered, name);
    }

    public unsafe void Read(PayloadFormat format, ref byte* data, byte* end, string name)
    {
        IsNotified = format.Read<bool>(ref data, end, name);
        Entered = format.Read<int>(ref data, end, name);
    }
}

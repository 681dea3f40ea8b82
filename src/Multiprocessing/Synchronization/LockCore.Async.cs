namespace Multiprocessing;

internal sealed partial class LockCore
{
    /// <summary>Enters for a new hold; null when the deadline has passed.</summary>
    public async ValueTask<ProcessLockHold?> EnterAsync(ProcessLock handle, Deadline deadline, CancellationToken cancellationToken)
    {
        var hold = new ProcessLockHold(handle, this);
        return await ReenterAsync(hold, handle, deadline, cancellationToken).ConfigureAwait(false) ? hold : null;
    }

    /// <summary>Enters for a hold that does not own the lock.</summary>
    public async ValueTask<bool> ReenterAsync(
        ProcessLockHold hold, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        var result = default(EnterResult);
        if (!await WaitAsync(() => TryEnterOrAnnounce(out result), handle, _asyncWaiters, null, deadline, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        Own(OwnedByHold, result);
        Volatile.Write(ref _hold, hold);
        return true;
    }
}

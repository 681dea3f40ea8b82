namespace Multiprocessing;

internal abstract partial class SyncCore
{
    /// <summary>The same wait without a thread.</summary>
    /// <param name="attempt">What is waited for; it takes it if it is there.</param>
    /// <param name="handle">The wrapper through which the call came: its disposal ends the wait.</param>
    /// <param name="waiters">Where to enlist.</param>
    /// <param name="passOn">Tells others what there is, if there is something.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the deadline has passed.</returns>
    protected async ValueTask<bool> WaitAsync(
        Func<bool> attempt, ProcessSynchronizationObject handle, AsyncWaiters waiters, Action? passOn, Deadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        handle.ThrowIfDisposed();
        if (attempt())
        {
            return true;
        }

        var told = false;
        while (true)
        {
            var waiter = waiters.Enlist();
            try
            {
                if (attempt())
                {
                    return true;
                }

                handle.ThrowIfDisposed();
                if (deadline.HasPassed)
                {
                    ReapIfDue();
                    return attempt();
                }

                ReapIfTold();
                told = true;

                // After the deadline the next round looks a last time: what came at the same moment is taken.
                _ = await waiter.Value.WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                waiters.Withdraw(waiter);
                if (told)
                {
                    // Whoever else waits may have what this one was told of.
                    passOn?.Invoke();
                    waiters.Scan();
                }
            }
        }
    }

    /// <summary>The same for a wait whose end does not depend on how many others there are.</summary>
    /// <param name="attempt">What is waited for.</param>
    /// <param name="look">Whether the attempt would end the wait; takes nothing and throws nothing.</param>
    /// <param name="handle">The wrapper through which the call came: its disposal ends the wait.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected async ValueTask<bool> WaitAloneAsync(
        Func<bool> attempt, Func<bool> look, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        var waiters = NewWaitersOfOne(look);
        try
        {
            return await WaitAsync(attempt, handle, waiters, null, deadline, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Forget(waiters);
        }
    }
}

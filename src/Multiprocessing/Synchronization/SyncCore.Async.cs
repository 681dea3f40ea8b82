namespace Multiprocessing;

internal abstract partial class SyncCore
{
    /// <summary>The same wait without a thread.</summary>
    /// <param name="attempt">The condition; it takes what is waited for if it is available.</param>
    /// <param name="handle">The wrapper through which the call came: its disposal ends the wait.</param>
    /// <param name="waiters">The waiters to join.</param>
    /// <param name="passOn">Notifies others if there is something to take.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the deadline has passed.</returns>
    protected async ValueTask<bool> WaitAsync(
        Func<bool> attempt,
        ProcessSynchronizationObject handle,
        AsyncWaiters waiters,
        Action? passOn,
        Deadline deadline,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        handle.ThrowIfDisposed();
        if (attempt())
        {
            return true;
        }

        var wasNotified = false;
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

                ReapIfReported();
                if (!wasNotified)
                {
                    CountContention();
                }

                wasNotified = true;

                // After the deadline the next round checks a last time: what became available at the same moment is taken.
                _ = await waiter.Value.WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                waiters.Withdraw(waiter);
                if (wasNotified)
                {
                    // Another waiter may use what this one was notified of.
                    passOn?.Invoke();
                    waiters.Scan();
                }
            }
        }
    }

    /// <summary>The same for a wait whose end does not depend on how many others there are.</summary>
    /// <param name="attempt">The condition.</param>
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

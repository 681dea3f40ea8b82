namespace Multiprocessing;

internal sealed partial class ConditionCore
{
    /// <summary><see cref="Sleep"/> without a thread.</summary>
    public async ValueTask SleepAsync(int index, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        var waiters = NewAsyncWaiters(index);
        lock (_asyncWaiters)
        {
            _asyncWaiters.Add(waiters);
        }

        var waiter = waiters.Enlist();
        try
        {
            if (IsNotified(index) || deadline.HasPassed || cancellationToken.IsCancellationRequested || handle.IsDisposed)
            {
                return;
            }

            var wait = waiter.Value.Task;
            await (deadline.IsNever ? wait.WaitAsync(cancellationToken) : wait.WaitAsync(deadline.Remaining, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            waiters.Withdraw(waiter);
            lock (_asyncWaiters)
            {
                _asyncWaiters.Remove(waiters);
            }
        }
    }
}

namespace Multiprocessing;

internal sealed partial class ConditionCore
{
    /// <summary><see cref="Sleep"/> without a thread.</summary>
    public async ValueTask SleepAsync(int index, int takeOvers, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            await WaitAloneAsync(IsOver, IsOver, handle, deadline, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // What ended the wait is looked at when the lock is held again: a notification that came at the same time counts.
        }

        bool IsOver() => IsNotified(index) || Lock.WasAbandonedSince(takeOvers);
    }
}

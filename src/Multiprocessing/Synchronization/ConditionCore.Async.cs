namespace Multiprocessing;

internal sealed partial class ConditionCore
{
    /// <summary><see cref="Sleep"/> without a thread.</summary>
    public async ValueTask SleepAsync(
        int index, int takeOvers, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            await WaitAloneAsync(IsOver, IsOver, handle, deadline, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The reason is checked when the lock is entered again: a notification at the same time counts.
        }

        bool IsOver() => IsNotified(index) || Lock.WasAbandonedSince(takeOvers);
    }
}

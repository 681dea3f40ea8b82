namespace Multiprocessing;

/// <summary>
/// Asynchronous waits for conditions on state that one lock guards. All members are called under that lock; continuations run outside of it.
/// </summary>
internal sealed class ConditionWaiters
{
    private readonly List<(Func<bool> Condition, TaskCompletionSource Done)> _waiters = [];

    /// <summary>Returns a task that completes when the condition holds at a <see cref="Check"/>, or holds now.</summary>
    /// <param name="condition">Runs under the lock. An exception of it fails the task.</param>
    public Task Wait(Func<bool> condition)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!TryEnd(condition, done))
        {
            _waiters.Add((condition, done));
        }

        return done.Task;
    }

    /// <summary>The state has changed.</summary>
    public void Check()
    {
        if (_waiters.Count > 0)
        {
            _waiters.RemoveAll(static waiter => waiter.Done.Task.IsCompleted || TryEnd(waiter.Condition, waiter.Done));
        }
    }

    private static bool TryEnd(Func<bool> condition, TaskCompletionSource done)
    {
        try
        {
            if (!condition())
            {
                return false;
            }

            done.TrySetResult();
        }
        catch (Exception exception)
        {
            done.TrySetException(exception);
        }

        return true;
    }
}

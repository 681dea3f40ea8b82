namespace Multiprocessing;

/// <summary>
/// Takes a task out of a pool if no worker has started it: <see cref="ProcessPool.WithdrawUnstarted"/> ends it as cancelled, and says so here. A task
/// that a worker has started is not affected. One object for each task.
/// </summary>
internal sealed class TaskWithdrawal
{
    private volatile bool _isWanted;
    private volatile bool _hasHappened;

    /// <summary>Gets a value that indicates whether the task is to be withdrawn.</summary>
    public bool IsWanted => _isWanted;

    /// <summary>Gets a value that indicates whether the task was withdrawn. It is set before the task ends.</summary>
    public bool HasHappened => _hasHappened;

    public void Want() => _isWanted = true;

    public void Happen() => _hasHappened = true;
}

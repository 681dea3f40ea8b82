namespace Multiprocessing;

/// <summary>Where a task is on its node. It moves downwards only.</summary>
internal enum NodeTaskState
{
    /// <summary>It has arrived.</summary>
    New,

    /// <summary>It waits for a worker; it may be taken back.</summary>
    Waiting,

    /// <summary>The node's pool has it: it has begun, or is about to. The pool decides whether it may be taken back.</summary>
    Begun,

    /// <summary>It has ended, or it was taken back or cancelled before it began.</summary>
    Over,
}

/// <summary>A task on its node.</summary>
internal sealed class NodeTask(CallerLine line, LeasedTask lease)
{
    public CallerLine Line { get; } = line;

    public LeasedTask Lease { get; } = lease;

    public (long Id, int Lease) Key => (Lease.Id, Lease.Lease);

    public CancellationTokenSource Cancellation { get; } = new();

    /// <summary>Gets what takes it out of the pool if no worker has started it.</summary>
    public TaskWithdrawal Withdrawal { get; } = new();

    /// <summary>Gets a value that indicates whether the pool is to withdraw it if it can.</summary>
    public bool IsWantedBack => Withdrawal.IsWanted;

    /// <summary>Gets or sets where it is; under the gate of the <see cref="NodeQueue"/>.</summary>
    public NodeTaskState State { get; set; }

    /// <summary>Gets or sets its place among those that wait or those that have begun; under the gate of the <see cref="NodeQueue"/>.</summary>
    public LinkedListNode<NodeTask>? Place { get; set; }
}

/// <summary>The tasks of one caller that wait on a node, and those that the pool has; under the gate of the <see cref="NodeQueue"/>.</summary>
/// <param name="begin">Passes a task to the pool; called outside of the gate.</param>
internal sealed class CallerLine(Action<NodeTask> begin)
{
    public Action<NodeTask> Begin { get; } = begin;

    public LinkedList<NodeTask> Waiting { get; } = new();

    public LinkedList<NodeTask> Begun { get; } = new();
}

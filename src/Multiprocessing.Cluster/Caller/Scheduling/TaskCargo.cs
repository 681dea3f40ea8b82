namespace Multiprocessing;

/// <summary>What has to be on a node before the message with a task, because it does not fit into that message. Under the scheduler's gate.</summary>
internal sealed class TaskCargo(NodeLink node)
{
    /// <summary>Gets or sets the transfer of the task's call, or <see langword="null"/> if the message contains it.</summary>
    public OutgoingTransfer? Call { get; set; }

    /// <summary>Gets or sets the transfer of the task's body, which other tasks use, too.</summary>
    public OutgoingTransfer? Body { get; set; }

    public static bool IsNeeded(ClusterTask task) => task.Body is not null || task.Call.Length > Frames.MaxInline;

    /// <summary>Returns what the message contains of a task's call.</summary>
    public static byte[] InlineOf(ClusterTask task) => task.Cargo?.Call is null ? task.Call : [];

    /// <summary>The node has the task, and so has taken its call.</summary>
    public void Taken()
    {
        if (Call is not null)
        {
            node.Outgoing.Finish(Call);
        }
    }

    /// <summary>The task is over, or not at this node any more. If the node has taken the call, nothing happens.</summary>
    public void Abandon()
    {
        if (Call is not null)
        {
            node.Outgoing.Abandon(Call);
        }
    }
}

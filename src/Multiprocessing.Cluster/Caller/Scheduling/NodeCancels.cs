namespace Multiprocessing;

/// <summary>Cancels tasks on nodes. A node may get the message before the task, or not at all: it is repeated until the task is over there.</summary>
internal sealed class NodeCancels(Lock gate, string self)
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Starts to cancel a task that was sent to a node. Under the gate.</summary>
    public void Start(ClusterTask task)
    {
        var (node, lease) = (task.Node!, task.Lease);
        Background.Run(() => CancelAsync(task, node, lease));
    }

    private async Task CancelAsync(ClusterTask task, NodeLink node, int lease)
    {
        while (true)
        {
            lock (gate)
            {
                if (task.IsOver || task.Node != node || task.Lease != lease)
                {
                    return;
                }
            }

            try
            {
                await node.Peer.Cancel(self, [task.Id, lease]).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The connection was lost, or the node does not answer. Whether it is dead is decided by the members.
            }

            await Task.Delay(ResendInterval).ConfigureAwait(false);
        }
    }
}

namespace Multiprocessing;

/// <summary>
/// Sends tasks to nodes, one message to a node at a time; what is added meanwhile is in the next one. A message without an answer is repeated: the
/// node does not start a task of it twice.
/// </summary>
/// <param name="gate">The scheduler's gate.</param>
/// <param name="self">The caller's address.</param>
/// <param name="refused">Called if a node leaves and has taken none of the tasks of a message, which are its argument.</param>
internal sealed class LeaseSender(Lock gate, string self, Action<NodeLink, List<ClusterTask>> refused)
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromMilliseconds(100);

    private long _sentBytes;

    /// <summary>Gets the bytes of the messages that arrived.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    /// <summary>Starts sending if no message to the node is under way. Under the gate.</summary>
    public void Start(NodeLink node)
    {
        if (!node.IsSending)
        {
            node.IsSending = true;
            Background.Run(() => SendAsync(node));
        }
    }

    private async Task SendAsync(NodeLink node)
    {
        List<ClusterTask> batch = [];
        while (true)
        {
            byte[] lease;
            lock (gate)
            {
                // Sent again: without the tasks whose replies arrived meanwhile, or that were cancelled.
                batch.RemoveAll(task => task.Node != node);
                if (batch.Count == 0)
                {
                    batch = TakeBatch(node);
                }

                if (batch.Count == 0 || node.IsLost)
                {
                    node.IsSending = false;
                    return;
                }

                batch.ForEach(static task => task.IsSent = true);
                lease = Frames.OfLease(
                    ++node.Sequence,
                    node.Received,
                    [.. batch.Select(static task => task.ToLeased())]);
            }

            try
            {
                if (await node.Peer.Lease(self, lease).ConfigureAwait(false))
                {
                    Interlocked.Add(ref _sentBytes, lease.Length);
                    Taken(node, batch);
                }
                else
                {
                    refused(node, batch);
                }

                batch.Clear();
            }
            catch (Exception)
            {
                // The answer was lost or late: the node may have the tasks. It does not start them twice.
                await Task.Delay(ResendInterval).ConfigureAwait(false);
            }
        }
    }

    private void Taken(NodeLink node, List<ClusterTask> batch)
    {
        lock (gate)
        {
            foreach (var task in batch.Where(task => task.Node == node))
            {
                task.Cargo?.Taken();
            }
        }
    }

    private static List<ClusterTask> TakeBatch(NodeLink node)
    {
        var count = 0;
        for (long size = 0; count < node.ToSend.Count && (count == 0 || size < Frames.UsualSize); count++)
        {
            size += TaskCargo.InlineOf(node.ToSend[count]).Length;
        }

        var batch = node.ToSend[..count];
        node.ToSend.RemoveRange(0, count);
        return batch;
    }
}

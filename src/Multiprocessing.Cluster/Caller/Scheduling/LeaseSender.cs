namespace Multiprocessing;

/// <summary>A task as it was given to a node: the task may be given to the same node again meanwhile, with another lease.</summary>
internal readonly record struct GivenTask(ClusterTask Task, int Lease)
{
    public static GivenTask Of(ClusterTask task) => new(task, task.Lease);

    /// <summary>Returns whether the node still has it by this lease.</summary>
    public bool IsAt(NodeLink node) => Task.Node == node && Task.Lease == Lease;
}

/// <summary>
/// Sends tasks to nodes, one message to a node at a time; what is added meanwhile is in the next one. A message without an answer is repeated: the
/// node does not start a task of it twice, and refuses it only if no copy of it came before.
/// </summary>
/// <param name="gate">The scheduler's gate.</param>
/// <param name="self">The caller's address.</param>
/// <param name="refused">Called outside of the gate if a node leaves and has taken none of these tasks.</param>
internal sealed class LeaseSender(Lock gate, string self, Action<NodeLink, IReadOnlyList<GivenTask>> refused)
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
        List<GivenTask> batch = [];
        while (true)
        {
            byte[] lease;
            lock (gate)
            {
                // Sent again: without the tasks whose replies arrived meanwhile, or that were cancelled.
                batch.RemoveAll(task => !task.IsAt(node));
                if (batch.Count == 0)
                {
                    batch = TakeBatch(node);
                }

                if (batch.Count == 0 || node.IsLost)
                {
                    node.IsSending = false;
                    return;
                }

                batch.ForEach(static task => task.Task.IsSent = true);
                lease = Frames.OfLease(
                    ++node.Sequence,
                    node.Received,
                    [.. batch.Select(static task => task.Task.ToLeased())]);
            }

            try
            {
                if (await node.Peer.Lease(self, lease).ConfigureAwait(false))
                {
                    Interlocked.Add(ref _sentBytes, lease.Length);
                    ClusterMetrics.Given(node.Description.Name, batch.Count);
                    Taken(node, batch);
                }
                else
                {
                    refused(node, batch);
                }

                batch = [];
            }
            catch (Exception)
            {
                // The answer was lost or late, so the node may have the tasks; or it has ended, which the members will report.
                await Task.Delay(ResendInterval).ConfigureAwait(false);
            }
        }
    }

    private void Taken(NodeLink node, List<GivenTask> batch)
    {
        lock (gate)
        {
            foreach (var task in batch.Where(task => task.IsAt(node)))
            {
                task.Task.Cargo?.Taken();
            }
        }
    }

    private static List<GivenTask> TakeBatch(NodeLink node)
    {
        var count = 0;
        for (long size = 0; count < node.ToSend.Count && (count == 0 || size < Frames.UsualSize); count++)
        {
            size += TaskCargo.InlineOf(node.ToSend[count]).Length + node.ToSend[count].Name.Length;
        }

        List<GivenTask> batch = [.. node.ToSend.Take(count).Select(GivenTask.Of)];
        node.ToSend.RemoveRange(0, count);
        return batch;
    }
}

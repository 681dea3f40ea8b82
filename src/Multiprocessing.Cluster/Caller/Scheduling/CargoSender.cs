namespace Multiprocessing;

/// <summary>
/// Brings calls and bodies that are too large for a message to nodes, before the message with their task. Until then the task was not sent: if the
/// node is lost meanwhile, no attempt counts.
/// </summary>
/// <param name="gate">The scheduler's gate.</param>
/// <param name="arrived">Called under the gate when the node has what the task needs.</param>
/// <param name="refused">Called outside of it if the node leaves and takes nothing more.</param>
/// <param name="failed">Called outside of it if the content could not be sent.</param>
internal sealed class CargoSender(
    Lock gate,
    Action<ClusterTask, NodeLink> arrived,
    Action<NodeLink, IReadOnlyList<GivenTask>> refused,
    Action<ClusterTask, TaskCargo, Exception> failed)
{
    /// <summary>Begins to bring what a task needs to its node. Under the gate.</summary>
    public void Start(ClusterTask task, NodeLink node)
    {
        var cargo = task.Cargo = new TaskCargo(node);
        if (task.Body is { } body)
        {
            if (!node.Bodies.TryGetValue(body, out var transfer))
            {
                node.Bodies.Add(body, transfer = node.Outgoing.Begin(body.Bytes, 0, 0));
                ClusterMetrics.Sent(body.Bytes.Length);
            }

            cargo.Body = transfer;
        }

        if (task.Call.Length > Frames.MaxInline)
        {
            cargo.Call = node.Outgoing.Begin(task.Call, task.Id, task.Lease);
        }

        if (cargo is { Call: null, Body.Arrival: { IsCompletedSuccessfully: true, Result: true } })
        {
            arrived(task, node); // nearly all tasks of a map with a large body
            return;
        }

        Background.Run(() => BringAsync(task, node, cargo));
    }

    /// <summary>The last task with a body is over: the nodes free it. Under the gate.</summary>
    public static void Forget(IEnumerable<NodeLink> nodes, CarriedBody body)
    {
        foreach (var node in nodes)
        {
            if (node.Bodies.Remove(body, out var transfer))
            {
                node.Outgoing.Abandon(transfer);
            }
        }
    }

    private async Task BringAsync(ClusterTask task, NodeLink node, TaskCargo cargo)
    {
        GivenTask given;
        try
        {
            var hasArrived = (cargo.Body is null || await cargo.Body.Arrival.ConfigureAwait(false))
                && (cargo.Call is null || await cargo.Call.Arrival.ConfigureAwait(false));
            lock (gate)
            {
                if (task.Cargo != cargo)
                {
                    return;
                }

                if (hasArrived)
                {
                    arrived(task, node);
                    return;
                }

                given = GivenTask.Of(task);
            }

            refused(node, [given]);
        }
        catch (OperationCanceledException)
        {
            // The task is over or was taken from the node, or the node is lost, and what decided that has dealt with the task.
        }
        catch (Exception exception)
        {
            failed(task, cargo, exception);
        }
    }
}

using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>The nodes that a caller uses. Under the scheduler's gate.</summary>
internal sealed class NodeLinks
{
    private readonly Dictionary<SiloAddress, NodeLink> _byAddress = [];
    private bool _isClosed;

    public IReadOnlyCollection<NodeLink> All => _byAddress.Values;

    /// <summary>Gets the number of tasks that nodes have.</summary>
    public int LiveCount => _byAddress.Values.Sum(static node => node.Live.Count);

    /// <returns><see langword="false"/> if it is known already, or the pool has ended.</returns>
    public bool Add(NodeLink node) => !_isClosed && _byAddress.TryAdd(node.Address, node);

    public NodeLink? Find(SiloAddress address) => _byAddress.GetValueOrDefault(address);

    public NodeLink? Remove(SiloAddress address)
    {
        if (_byAddress.Remove(address, out var node))
        {
            node.IsLost = true;
            node.Outgoing.Close();
            node.Incoming.Close();
            node.Bodies.Clear();
        }

        return node;
    }

    public NodeLink[] Close()
    {
        _isClosed = true;
        foreach (var node in _byAddress.Values)
        {
            node.ToSend.Clear(); // their tasks are over, and must not begin on the node any more
            node.Outgoing.Close();
            node.Incoming.Close();
        }

        return [.. _byAddress.Values];
    }

    /// <summary>Returns the node with the fewest tasks for a worker among those that may get a task, or <see langword="null"/>.</summary>
    /// <param name="name">The name of the task.</param>
    /// <param name="now">The present time.</param>
    /// <param name="room">How many such tasks it may get.</param>
    public NodeLink? FindRoom(string name, long now, out int room)
    {
        NodeLink? best = null;
        room = 0;
        foreach (var node in _byAddress.Values)
        {
            if ((best is null || node.Load < best.Load) && node.RoomFor(name, now) is > 0 and var free)
            {
                best = node;
                room = free;
            }
        }

        return best;
    }
}

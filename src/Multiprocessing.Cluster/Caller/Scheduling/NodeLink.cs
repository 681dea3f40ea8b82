using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>A node as a caller sees it. Its state belongs to the scheduler's gate.</summary>
internal sealed class NodeLink(SiloAddress address, IClusterPeer peer, NodeDescription description, OutgoingTransfers outgoing)
{
    public SiloAddress Address { get; } = address;

    public IClusterPeer Peer { get; } = peer;

    public NodeDescription Description { get; } = description;

    /// <summary>Gets the tasks that it has, by number.</summary>
    public Dictionary<long, ClusterTask> Live { get; } = [];

    /// <summary>Gets the tasks that wait for the next message.</summary>
    public List<ClusterTask> ToSend { get; } = [];

    /// <summary>Gets what is brought to it in chunks.</summary>
    public OutgoingTransfers Outgoing { get; } = outgoing;

    /// <summary>Gets what arrives from it in chunks: results.</summary>
    public IncomingTransfers Incoming { get; } = new();

    /// <summary>Gets the bodies that it has, or gets.</summary>
    public Dictionary<CarriedBody, OutgoingTransfer> Bodies { get; } = [];

    public bool IsSending { get; set; }

    /// <summary>Gets or sets a value that indicates whether it takes no more tasks, because it leaves.</summary>
    public bool IsLeaving { get; set; }

    public bool IsLost { get; set; }

    /// <summary>Gets or sets the number of the last message with tasks.</summary>
    public long Sequence { get; set; }

    /// <summary>Gets the number of its last message with replies that arrived: all before have arrived too, because it sends one at a time.</summary>
    public long Received { get; private set; }

    public void Receive(long number) => Received = Math.Max(Received, number);

    /// <summary>Gets the number of its tasks for each of its workers. Nodes with the lowest number are preferred.</summary>
    public double Load => (double)Live.Count / Description.Workers;

    /// <summary>Returns whether it may get a task of which it has tasks ahead for each worker.</summary>
    public bool HasRoom(double ahead) => !IsLeaving && !IsLost && Live.Count < Description.Workers + (int)(ahead * Description.Workers);
}

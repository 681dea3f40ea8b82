using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>A node as a caller sees it. Its state belongs to the scheduler's gate.</summary>
internal sealed class NodeLink(SiloAddress address, IClusterPeer peer, NodeDescription description)
{
    /// <summary>A node has tasks ahead for this time, in ticks: about what a message takes, a few times.</summary>
    private const double AheadTicks = 3 * TimeSpan.TicksPerMillisecond;

    /// <summary>A node whose tasks take longer has none ahead, so that each task that it has was started.</summary>
    private const double LongTicks = 10 * TimeSpan.TicksPerMillisecond;

    private const int MaxAhead = 256;
    private double _averageTicks = double.MaxValue;

    public SiloAddress Address { get; } = address;

    public IClusterPeer Peer { get; } = peer;

    public NodeDescription Description { get; } = description;

    /// <summary>Gets the tasks that it has, by number.</summary>
    public Dictionary<long, ClusterTask> Live { get; } = [];

    /// <summary>Gets the tasks that wait for the next message.</summary>
    public List<ClusterTask> ToSend { get; } = [];

    public bool IsSending { get; set; }

    /// <summary>Gets or sets a value that indicates whether it takes no more tasks, because it leaves.</summary>
    public bool IsLeaving { get; set; }

    public bool IsLost { get; set; }

    /// <summary>Gets or sets the number of the last message with tasks.</summary>
    public long Sequence { get; set; }

    /// <summary>Gets the share of its room that is taken.</summary>
    public double Load => (double)Live.Count / Window;

    public bool HasRoom => !IsLeaving && !IsLost && Live.Count < Window;

    private int Window => Description.Workers + (_averageTicks > LongTicks
        ? 0
        : (int)Math.Clamp(AheadTicks * Description.Workers / Math.Max(_averageTicks, 1), 1, MaxAhead));

    /// <summary>Counts the time that a task took on the node.</summary>
    public void Measure(long ticks)
    {
        // A task that waited behind others on the node took longer than its body: the average then is too high, which costs room and no correctness.
        _averageTicks = _averageTicks == double.MaxValue ? ticks : _averageTicks + ((ticks - _averageTicks) / 16);
    }
}

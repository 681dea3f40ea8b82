using System.Diagnostics;
using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>A node as a caller sees it. Its state belongs to the scheduler's gate.</summary>
internal sealed class NodeLink(SiloAddress address, IClusterPeer peer, NodeDescription description, OutgoingTransfers outgoing)
{
    /// <summary>
    /// A node that has tasks and has ended none for this time is stalled: it gets no tasks ahead, and is asked for those that it has.
    /// </summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromTicks(TaskPaces.LongTicks);

    private static readonly TimeSpan MaxAskInterval = TimeSpan.FromSeconds(1);

    private const double GivenBackLoad = 1e6;

    private long _progressAt;
    private bool _hasGivenBack;
    private long _askedAt;
    private TimeSpan _askInterval = StallLimit;

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

    /// <summary>Gets how long tasks take on it.</summary>
    public TaskPaces Paces { get; } = new(Ahead);

    public bool IsSending { get; set; }

    /// <summary>Gets or sets a value that indicates whether it takes no more tasks, because it leaves.</summary>
    public bool IsLeaving { get; set; }

    public bool IsLost { get; set; }

    /// <summary>Gets or sets the number of the last message with tasks.</summary>
    public long Sequence { get; set; }

    /// <summary>Gets the number of its last message with replies that arrived: all before have arrived too, because it sends one at a time.</summary>
    public long Received { get; private set; }

    /// <summary>
    /// Gets the number of its tasks for each of its workers. Nodes with the lowest number are preferred. A node that gave tasks back, because its
    /// workers were busy with others, is behind all others until it has ended a task again.
    /// </summary>
    public double Load => ((double)Live.Count / Description.Workers) + (_hasGivenBack ? GivenBackLoad : 0);

    /// <summary>Gets the number of its workers without a task of this caller.</summary>
    public int Free => IsLeaving || IsLost ? 0 : Math.Max(0, Description.Workers - Live.Count);

    /// <summary>A worker has short tasks ahead for this time: about what a message takes, a few times.</summary>
    private static TimeSpan Ahead => TimeSpan.FromMilliseconds(3);

    /// <summary>Returns how many more tasks of a name it may get.</summary>
    public int RoomFor(string name, long now)
    {
        if (IsLeaving || IsLost)
        {
            return 0;
        }

        var ahead = IsStalled(now) ? 0 : Paces.AheadOf(name);
        return Description.Workers + (int)(ahead * Description.Workers) - Live.Count;
    }

    /// <summary>It gets a task.</summary>
    public void Give(ClusterTask task)
    {
        if (Live.Count == 0)
        {
            OnProgress(Stopwatch.GetTimestamp());
        }

        Live.Add(task.Id, task);
    }

    /// <summary>A message with replies has arrived.</summary>
    /// <param name="number">The number of the message.</param>
    /// <param name="hasEnded">A task of it has ended: the node makes progress.</param>
    /// <param name="hasGivenBack">It has given tasks back.</param>
    public void OnReplies(long number, bool hasEnded, bool hasGivenBack)
    {
        Received = Math.Max(Received, number);
        _hasGivenBack |= hasGivenBack;
        if (hasEnded)
        {
            OnProgress(Stopwatch.GetTimestamp());
            _hasGivenBack = false;
        }
    }

    /// <summary>Returns the time until it is stalled, or until it is to be asked again for what has not begun.</summary>
    public TimeSpan UntilAsked(long now)
    {
        var stalled = StallLimit - Stopwatch.GetElapsedTime(_progressAt, now);
        var again = _askInterval - Stopwatch.GetElapsedTime(_askedAt, now);
        return stalled > again ? stalled : again;
    }

    /// <summary>It is asked for what has not begun; the next time after twice the time, until it has ended a task.</summary>
    public void Ask(long now)
    {
        _askedAt = now;
        _askInterval = _askInterval * 2 < MaxAskInterval ? _askInterval * 2 : MaxAskInterval;
    }

    private bool IsStalled(long now) => Live.Count > 0 && Stopwatch.GetElapsedTime(_progressAt, now) > StallLimit;

    private void OnProgress(long now)
    {
        _progressAt = now;
        _askInterval = StallLimit;
    }
}

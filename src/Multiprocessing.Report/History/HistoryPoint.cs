namespace Multiprocessing;

/// <summary>The figures of one sample that the charts show: what the history keeps of a snapshot. A rate that is not known yet is not a
/// number.</summary>
internal sealed record HistoryPoint
{
    /// <summary>Maximum number of processes with figures of their own in a point; the sums contain the others, too.</summary>
    public const int MaxProcesses = 256;

    /// <summary>Maximum number of queues with figures of their own in a point.</summary>
    public const int MaxQueues = 64;

    /// <summary>Maximum number of pools with figures of their own in a point.</summary>
    public const int MaxPools = 32;

    /// <summary>Maximum number of a cluster's nodes, and of its callers, with figures of their own in a point.</summary>
    public const int MaxMembers = 256;

    public required DateTimeOffset Time { get; init; }

    /// <summary>Processor time of all processes per time, in processors.</summary>
    public required double Cpu { get; init; }

    public required long Memory { get; init; }

    public required IReadOnlyList<ProcessFigures> Processes { get; init; }

    public required IReadOnlyList<QueueFigures> Queues { get; init; }

    public required IReadOnlyList<PoolFigures> Pools { get; init; }

    /// <summary>The nodes that have answered.</summary>
    public IReadOnlyList<NodeFigures> Nodes { get; init; } = [];

    /// <summary>The callers that have answered.</summary>
    public IReadOnlyList<CallerFigures> Callers { get; init; } = [];
}

/// <summary>Cpu is a share of one processor.</summary>
internal readonly record struct ProcessFigures(int Id, double Cpu, long Memory);

/// <summary>Put and Get are items per second.</summary>
internal readonly record struct QueueFigures(string Id, long Count, double Put, double Get);

/// <summary>Succeeded and Failed are tasks per second.</summary>
internal readonly record struct PoolFigures(string Id, double Succeeded, double Failed, long Pending, long Running);

/// <summary>Ended is tasks per second.</summary>
internal readonly record struct NodeFigures(string Address, double Ended, int Busy, int Waiting);

/// <summary>Ended is tasks per second.</summary>
internal readonly record struct CallerFigures(string Address, double Ended);

namespace Multiprocessing.Tool.Top;

/// <summary>Everything that one frame of <c>mp top</c> shows: two snapshots compared, in the order of the screen.</summary>
internal sealed record Picture
{
    public required string Name { get; init; }

    public required int RootProcessId { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required TimeSpan Uptime { get; init; }

    /// <summary>Gets the processor time of all processes in the last interval, in processors; null for the first picture.</summary>
    public double? Processors { get; init; }

    public required long MemoryBytes { get; init; }

    public required long SharedMemoryBytes { get; init; }

    public bool IsEnded { get; init; }

    public IReadOnlyList<ProcessRow> Processes { get; init; } = [];

    public IReadOnlyList<PoolRow> Pools { get; init; } = [];

    public IReadOnlyList<QueueRow> Queues { get; init; } = [];

    public IReadOnlyList<LockRow> Locks { get; init; } = [];

    public IReadOnlyList<ServiceRow> Services { get; init; } = [];

    public IReadOnlyList<SupervisorRow> Supervisors { get; init; } = [];
}

/// <summary>A process.</summary>
/// <param name="Branches">The lines of the tree before the name: <c>├ </c>.</param>
/// <param name="Processors">The processor time of the last interval in processors; null if it is unknown.</param>
/// <param name="Doing">The task that a worker runs, or the lock that the process waits for; null if nothing is known.</param>
internal sealed record ProcessRow(
    int Id, string Branches, string Name, string Role, string State, double? Processors, long MemoryBytes, int Threads,
    TimeSpan ProcessorTime, TimeSpan Age, string? Doing);

/// <summary>A pool.</summary>
internal sealed record PoolRow(
    string Id, string Name, int Busy, int Size, long Pending, long Succeeded, long Failed, long Deaths, double? Rate,
    IReadOnlyList<WorkerRow> Workers, IReadOnlyList<string> Conclusions);

/// <summary>A worker of a pool.</summary>
internal sealed record WorkerRow(int Number, int? ProcessId, string State, bool IsBusy, string? Task, TimeSpan? TaskTime, long TasksDone);

/// <summary>A queue.</summary>
internal sealed record QueueRow(
    string Id, string Name, string ItemType, long Count, long? Capacity, long Bytes, double? PutRate, double? GetRate,
    int WaitingPutters, int WaitingGetters, bool IsCompleted, int Holders)
{
    /// <summary>Gets how full the queue is, 0 to 1. An unbounded queue is never full: 1,000 items count as half.</summary>
    public double Fullness => Capacity is { } capacity and > 0 ? Math.Min(1, Count / (double)capacity) : Count / (Count + 1000.0);
}

/// <summary>A lock or another synchronization object.</summary>
/// <param name="Owner">The process that owns it; null if it is free or has no owner.</param>
/// <param name="Waiters">The processes that wait for it.</param>
/// <param name="Value">The count of a semaphore, the state of an event, the arrivals at a barrier; null for locks.</param>
/// <param name="Contentions">How often a thread or an asynchronous call had to wait for it.</param>
/// <param name="ContentionRate">How often for each second of the last interval; null if it is unknown.</param>
internal sealed record LockRow(
    string Id, string Name, string Kind, string? Owner, IReadOnlyList<string> Waiters, string? Value, long Contentions, double? ContentionRate,
    long Abandonments);

/// <summary>A service.</summary>
internal sealed record ServiceRow(string Name, string Interface, string State, int? ProcessId, int PendingCalls, int Restarts);

/// <summary>A supervisor.</summary>
internal sealed record SupervisorRow(string Name, int OwnerProcessId, string Strategy, int Restarts, IReadOnlyList<SupervisedRow> Children);

/// <summary>A child of a supervisor.</summary>
internal sealed record SupervisedRow(string Name, string State, int? ProcessId, int Restarts);

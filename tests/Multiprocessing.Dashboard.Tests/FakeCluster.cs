namespace Multiprocessing.Dashboard.Tests;

/// <summary>A made-up cluster: each read is one second later.</summary>
internal sealed class FakeCluster(int nodes = 3, int workers = 4)
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private int _seconds;

    /// <summary>Gets or sets what a read throws, or <see langword="null"/>.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Gets or sets the number of the node that does not answer; 0 for none.</summary>
    public int Silent { get; set; }

    public Task<ClusterSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
        {
            return Task.FromException<ClusterSnapshot>(failure);
        }

        var second = Interlocked.Increment(ref _seconds);
        return Task.FromResult(Snapshot(
            second,
            [.. Enumerable.Range(1, nodes).Select(number => Node(number, second) with { State = StateOf(number) })],
            [Caller(1) with { Nodes = nodes, RunningTasks = nodes * workers, WaitingTasks = 120, EndedTasks = second * 30L }]));
    }

    public static ClusterSnapshot Snapshot(double second, ClusterNodeSnapshot[] nodes, params ClusterCallerSnapshot[] callers) =>
        new() { Cluster = "images", Time = Start.AddSeconds(second), Nodes = nodes, Callers = callers };

    public static ClusterCallerSnapshot Caller(int number) => new()
    {
        Name = $"caller-{number}",
        Address = $"10.0.1.{number}:11111",
        State = ClusterMemberState.Running,
        Machine = $"desk-{number}",
        ProcessId = 900 + number,
        StartTime = Start,
    };

    public ClusterNodeSnapshot Node(int number, int second) => new()
    {
        Name = $"node-{number}",
        Address = $"10.0.0.{number}:11111",
        State = ClusterMemberState.Running,
        Machine = $"rack-{number}",
        ProcessId = 4000 + number,
        StartTime = Start,
        Build = "a1b2c3",
        Tags = number == 1 ? ["gpu", "large-memory"] : [],
        Processors = workers,
        Load = workers * 0.8,
        MaxWorkers = workers,
        BusyWorkers = workers - (number % 2),
        WaitingTasks = number,
        EndedTasks = second * 10L,
        WorkersDied = 0,
        Callers = 1,
        Workers =
        [
            .. Enumerable.Range(1, workers).Select(worker => new ClusterWorkerSnapshot(
                worker, (number * 100) + worker, WorkerActivity.Busy, $"Resize[{second}]", TimeSpan.FromSeconds(1.5), second * 3L)),
        ],
    };

    private ClusterMemberState StateOf(int number) => number == Silent ? ClusterMemberState.Silent
        : number == nodes && nodes > 3 ? ClusterMemberState.Leaving
        : ClusterMemberState.Running;
}

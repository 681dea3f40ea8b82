namespace Multiprocessing;

/// <summary>Where the recorder reads a program: a monitor, or a made-up program in tests.</summary>
internal interface IProgramSource : IDisposable
{
    bool IsRunning { get; }

    ProgramSnapshot Read(out IReadOnlyList<TaskRecord> tasks, out long missed);

    void Kill(int processId);

    bool CancelTask(PoolSnapshot pool, WorkerSnapshot worker);
}

internal sealed class MonitorSource(ProgramMonitor monitor, bool owned) : IProgramSource
{
    public bool IsRunning => monitor.IsRunning;

    public ProgramSnapshot Read(out IReadOnlyList<TaskRecord> tasks, out long missed) => monitor.Read(out tasks, out missed);

    public void Kill(int processId) => monitor.Kill(processId);

    public bool CancelTask(PoolSnapshot pool, WorkerSnapshot worker) => monitor.CancelTask(pool, worker);

    public void Dispose()
    {
        if (owned)
        {
            monitor.Dispose();
        }
    }
}

/// <summary>No program: what is shown of a cluster alone.</summary>
internal sealed class NoProgram : IProgramSource
{
    public bool IsRunning => true;

    public ProgramSnapshot Read(out IReadOnlyList<TaskRecord> tasks, out long missed)
    {
        (tasks, missed) = ([], 0);
        return new()
        {
            Time = DateTimeOffset.UtcNow,
            RootProcessId = 0,
            Name = "Cluster",
            StartedProcesses = 0,
            DeathCount = 0,
            SharedMemoryBytes = 0,
            OmittedObjects = 0,
            Processes = [],
            Queues = [],
            Locks = [],
            Pools = [],
            Services = [],
            Supervisors = [],
        };
    }

    public void Kill(int processId) => throw NotHere();

    public bool CancelTask(PoolSnapshot pool, WorkerSnapshot worker) => throw NotHere();

    public void Dispose()
    {
        // It has nothing.
    }

    private static InvalidOperationException NotHere() => new("The pages show a cluster: its processes are ended where they run.");
}

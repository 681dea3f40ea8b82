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

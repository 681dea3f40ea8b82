namespace Multiprocessing;

/// <summary>Where the recorder reads a program: a monitor, or a made-up program in tests.</summary>
internal interface IProgramSource : IDisposable
{
    bool IsRunning { get; }

    ProgramSnapshot Read(out IReadOnlyList<TaskRecord> tasks, out long missed);

    void Kill(int processId);
}

internal sealed class MonitorSource(ProgramMonitor monitor, bool owned) : IProgramSource
{
    public bool IsRunning => monitor.IsRunning;

    public ProgramSnapshot Read(out IReadOnlyList<TaskRecord> tasks, out long missed) => monitor.Read(out tasks, out missed);

    public void Kill(int processId) => monitor.Kill(processId);

    public void Dispose()
    {
        if (owned)
        {
            monitor.Dispose();
        }
    }
}

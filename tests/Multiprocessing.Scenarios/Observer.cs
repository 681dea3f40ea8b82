using Multiprocessing;

namespace Multiprocessing.Scenarios;

/// <summary>Looks at another program without end, as a tool does that is killed in the middle of it.</summary>
internal static class Observer
{
    public static int Run(int processId)
    {
        using var monitor = ProgramMonitor.Open(processId);
        for (var reads = 0; ; reads++)
        {
            var snapshot = monitor.Read();
            _ = monitor.ReadTasks(out _);
            if (reads == 3)
            {
                Report.Line("looks", snapshot.Processes.Count);
            }
        }
    }
}

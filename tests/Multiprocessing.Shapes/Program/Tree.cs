namespace Multiprocessing.Shapes;

/// <summary>A child and a grandchild that stay, and a parent that waits to be killed.</summary>
internal static class Tree
{
    public static int Run()
    {
        using var pids = new ProcessQueue<int>();
        _ = ChildProcess.Run(
            queue =>
            {
                queue.Put(Environment.ProcessId);
                _ = ChildProcess.Run(inner => Stay(inner), queue);
                Thread.Sleep(Timeout.Infinite);
            },
            pids);
        Report.Line("pid", pids.Get(TimeSpan.FromMinutes(1)));
        Report.Line("pid", pids.Get(TimeSpan.FromMinutes(1)));
        Report.Line("session", SessionDirectory());
        Report.Line("ready", "");
        Thread.Sleep(TimeSpan.FromMinutes(2)); // the test kills it; if not, this process does not run forever
        return 99;
    }

    /// <summary>Where this program's shared memory lies, as the system shows it.</summary>
    public static string SessionDirectory() =>
        File.ReadLines("/proc/self/maps").Where(line => line.Contains("/mp-", StringComparison.Ordinal)).Select(line => Path.GetDirectoryName(line[line.IndexOf('/')..])!).First();

    private static void Stay(ProcessQueue<int> queue)
    {
        queue.Put(Environment.ProcessId);
        Thread.Sleep(Timeout.Infinite);
    }
}

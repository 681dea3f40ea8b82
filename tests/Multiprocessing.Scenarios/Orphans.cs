using Multiprocessing.Platform;
using Multiprocessing.Tests;

namespace Multiprocessing.Scenarios;

/// <summary>Trees of processes whose root exits: killed from outside after it has printed "ready", or by itself.</summary>
internal static class Orphans
{
    public static int Tree()
    {
        using var pids = new ProcessQueue<(string Role, int Id)>();
        var stopped = ChildProcess.Run(
            queue =>
            {
                queue.Put(("stranger of the stopped", Stranger.Start()));
                Announce(queue, "stopped");
            },
            pids);
        _ = ChildProcess.Run(queue => Announce(queue, "sleeping"), pids);
        _ = ChildProcess.Run(
            queue =>
            {
                queue.Put(("busy", Environment.ProcessId));
                while (true)
                {
                    Thread.SpinWait(1000);
                }
            },
            pids);
        _ = ChildProcess.Run(
            queue =>
            {
                queue.Put(("parent of a stranger", Environment.ProcessId));
                queue.Put(("stranger", Stranger.Start()));
                Thread.Sleep(Timeout.Infinite);
            },
            pids);
        _ = ChildProcess.Run(
            queue =>
            {
                queue.Put(("parent of grandchildren", Environment.ProcessId));
                _ = ChildProcess.Run(inner => Announce(inner, "grandchild"), queue);
                _ = ChildProcess.Run(
                    inner =>
                    {
                        inner.Put(("grandchild with a child", Environment.ProcessId));
                        _ = ChildProcess.Run(innermost => Announce(innermost, "great-grandchild"), inner);
                        Thread.Sleep(Timeout.Infinite);
                    },
                    queue);
                Thread.Sleep(Timeout.Infinite);
            },
            pids);
        for (var i = 0; i < 10; i++)
        {
            var (role, id) = pids.Get(TimeSpan.FromSeconds(30));
            Report.Line("pid", $"{id} {role}");
        }

        Stop(stopped.Id);
        Report.Line("session", Session.Current.Directory);
        Report.Line("ready", "");
        Report.WaitToBeKilled();
        return 0;
    }

    public static int StoppedChild()
    {
        using var pids = new ProcessQueue<(string Role, int Id)>();
        var child = ChildProcess.Run(queue => Announce(queue, "stopped"), pids);
        var (role, id) = pids.Get(TimeSpan.FromSeconds(30));
        Report.Line("pid", $"{id} {role}");
        Stop(child.Id);
        Report.Line("session", Session.Current.Directory);
        Report.Line("ready", "");
        Report.WaitToBeKilled();
        return 0;
    }

    public static int Spares(string way)
    {
        SpareProcesses.MaxCount = 3;
        SpareProcesses.WarmUpAsync(3).Wait();
        foreach (var spare in ProcessTable.Descendants(Environment.ProcessId).Where(below => !IsConsoleHost(below.ProcessId)))
        {
            Report.Line("pid", $"{spare.ProcessId} spare");
        }

        Report.Line("session", Session.Current.Directory);
        Report.Line("ready", "");
        switch (way)
        {
            case "return":
                return 5;
            case "throw":
                throw new InvalidOperationException("The program ends by an exception.");
            default:
                Report.WaitToBeKilled();
                return 0;
        }
    }

    public static int Forgotten()
    {
        StartForgotten();
        return 5;
    }

    public static int ForgottenAndExit()
    {
        StartForgotten();
        Environment.Exit(6);
        return 0;
    }

    public static int ForgottenAndThrow()
    {
        StartForgotten();
        throw new InvalidOperationException("The program ends by an exception.");
    }

    private static void StartForgotten()
    {
        var pids = new ProcessQueue<(string Role, int Id)>();
        _ = ChildProcess.Run(queue => Announce(queue, "deaf"), pids);
        _ = ChildProcess.Run(
            queue =>
            {
                queue.Put(("listening", Environment.ProcessId));
                CurrentProcess.Stopping.WaitHandle.WaitOne();
            },
            pids);
        _ = ChildProcess.Run(
            queue =>
            {
                _ = CurrentProcess.Stopping;
                queue.Put(("listening and deaf", Environment.ProcessId));
                queue.Put(("stranger", Stranger.Start()));
                Thread.Sleep(Timeout.Infinite);
            },
            pids);
        for (var i = 0; i < 4; i++)
        {
            var (role, id) = pids.Get(TimeSpan.FromSeconds(30));
            Report.Line("pid", $"{id} {role}");
        }

        Report.Line("session", Session.Current.Directory);
        Report.Line("ready", "");
    }

    private static void Announce(ProcessQueue<(string Role, int Id)> queue, string role)
    {
        queue.Put((role, Environment.ProcessId));
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>On Windows each program without a window has a process of the system's for its console.</summary>
    private static bool IsConsoleHost(int processId) => OperatingSystem.IsWindows() && System.Diagnostics.Process.GetProcessById(processId).ProcessName is "conhost";

    private static void Stop(int processId)
    {
        Posix.Signal(processId, Posix.SigStop);
        while (!OperatingSystem.IsWindows() && !File.ReadAllText($"/proc/{processId}/stat").Contains(") T ", StringComparison.Ordinal))
        {
            Thread.Yield();
        }
    }
}

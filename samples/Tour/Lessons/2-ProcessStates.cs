using System.Diagnostics;
using Multiprocessing;

namespace Tour.Lessons;

/// <summary>One process from its creation to its end, as a task manager shows it.</summary>
internal static class ProcessStates
{
    public static void Run(Check check)
    {
        Screen.Say("A process has two states: the library reports the state of its life, and the system reports its state in the scheduler.");
        using var orders = new ProcessQueue<string>();
        using var child = ChildProcess.Create(Live, orders);
        var looks = new List<string[]> { new[] { "made", $"{child.State}", "-", "-", "-", "-" } };
        check.Equal("a process that was created and not started is Created", ProcessState.Created, child.State);

        child.Start();
        looks.Add(Look("started", child));
        check.That("a process that was started is Starting (or Running already)", child.State is ProcessState.Starting or ProcessState.Running);

        check.Becomes("when its body runs, it is Running", ProcessState.Running, () => child.State);
        if (OperatingSystem.IsWindows())
        {
            Screen.Say("Windows has states of threads and none of processes, and cannot stop a process: those checks are omitted here.");
        }
        else
        {
            LookAtScheduler(check, child, looks);
        }

        orders.Put("rest");
        if (!OperatingSystem.IsWindows())
        {
            check.Becomes("a process that waits for an item is sleeping", SchedulingState.Sleeping, () => child.GetStatistics().State);
        }

        looks.Add(Look("waits", child));

        orders.Put("end");
        child.Join();
        looks.Add(Look("ended", child));
        check.Equal("when its body has returned, it is Exited", ProcessState.Exited, child.State);
        check.Equal("... with exit code 0", 0, child.ExitStatus?.Code);
        check.Throws<InvalidOperationException>("a process runs once: a second Start throws", child.Start);
        Screen.Table(["moment", "library", "operating system", "CPU time", "memory", "threads"], looks);
    }

    private static void LookAtScheduler(Check check, ChildProcess child, List<string[]> looks)
    {
        check.Becomes("busy: the scheduler runs it", SchedulingState.Running, () => child.GetStatistics().State);
        looks.Add(Look("busy", child));

        Signal("STOP", child.Id);
        check.Becomes("after kill -STOP it is stopped", SchedulingState.Stopped, () => child.GetStatistics().State);
        var before = child.GetStatistics().TotalProcessorTime;
        Thread.Sleep(200);
        looks.Add(Look("stopped", child));
        check.Equal("... and uses no processor time", before, child.GetStatistics().TotalProcessorTime);
        check.Equal("... for the library it is still Running", ProcessState.Running, child.State);

        Signal("CONT", child.Id);
        check.Becomes("after kill -CONT it runs again", SchedulingState.Running, () => child.GetStatistics().State);
        looks.Add(Look("continued", child));
    }

    /// <summary>Runs in the child.</summary>
    private static void Live(ProcessQueue<string> orders)
    {
        while (!orders.TryGet(out _))
        {
            // Busy on purpose. Get would wait here without using the processor, as it does below.
        }

        _ = orders.Get();
    }

    private static string[] Look(string moment, ChildProcess child)
    {
        var now = child.GetStatistics();
        var (cpu, memory) = (now.TotalProcessorTime.TotalMilliseconds, now.WorkingSet / 1048576.0);
        return [moment, $"{child.State}", $"{now.State}", $"{cpu:0} ms", $"{memory:0.0} MiB", $"{now.ThreadCount}"];
    }

    private static void Signal(string name, int processId)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {processId}"]);
        kill.WaitForExit();
    }
}

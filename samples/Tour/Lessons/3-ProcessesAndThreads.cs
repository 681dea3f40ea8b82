using System.Diagnostics;
using Multiprocessing;

namespace Tour.Lessons;

/// <summary>The tutorial's main example: two endless loops in two processes, and two in two threads, side by side in the task manager.</summary>
internal static class ProcessesAndThreads
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);

    public static void Run(Check check)
    {
        Screen.Say("Two endless loops in two processes, and two more in two threads of this process:");
        using var polite = ChildProcess.Run(ComputeUntilAsked, new ChildProcessOptions { Name = "process 1" });
        using var deaf = ChildProcess.Run(ComputeForEver, new ChildProcessOptions { Name = "process 2" });
        using var stop = new CancellationTokenSource();
        using var thread1 = new BusyThread("thread 1", stop.Token);
        using var thread2 = new BusyThread("thread 2", stop.Token);
        check.Becomes(
            "two processes and two threads are running", true, () => (polite.State, deaf.State) is (ProcessState.Running, ProcessState.Running));

        Worker[] workers = [Worker.Of(polite), Worker.Of(deaf), Worker.OfThisProcess(), .. Worker.Of(thread1), .. Worker.Of(thread2)];
        var watch = Stopwatch.StartNew();
        var before = workers.Select(worker => worker.ProcessorTime()).ToArray();
        Thread.Sleep(1000);
        check.Becomes(
            "each got its share of the processors", true, () => workers.Index().All(at => at.Item.ProcessorTime() - before[at.Index] >= Least));
        var elapsed = watch.Elapsed;
        Screen.Table(
            ["name", "pid", "thread", "CPU time", "CPU", "on processor", "memory"],
            workers.Index().Select(at => at.Item.Row(at.Item.ProcessorTime() - before[at.Index], elapsed)));
        Screen.Say(
            "The scheduler treats them alike; but each process has a number and a memory of its own, "
            + "whereas threads are parts of one process, share its memory, and end when it ends.");

        check.Equal(
            "the processes have two pids, and neither is this process's", 3, new[] { polite.Id, deaf.Id, CurrentProcess.Id }.Distinct().Count());

        polite.Terminate(TimeSpan.FromSeconds(30)); // kills a body that has not ended by then
        polite.Join();
        check.Equal(
            "Terminate is a request: a body that checks CurrentProcess.Stopping ends itself", ExitReason.Terminated, polite.ExitStatus?.Reason);
        Screen.Quote($"{polite.Name}: {polite.ExitStatus}");
        deaf.Kill();
        deaf.Join();
        check.Equal("Kill is not a request", (ExitReason.Killed, "SIGKILL"), (deaf.ExitStatus!.Reason, deaf.ExitStatus.SignalName));
        Screen.Quote($"{deaf.Name}: {deaf.ExitStatus}");
        stop.Cancel();
        check.That("a thread can only be asked to stop: .NET cannot kill one", thread1.Join() && thread2.Join());
    }

    private static void ComputeUntilAsked()
    {
        var stopping = CurrentProcess.Stopping;
        while (!stopping.IsCancellationRequested)
        {
        }
    }

    private static void ComputeForEver()
    {
        while (true)
        {
        }
    }

    private sealed class BusyThread : IDisposable
    {
        private readonly ManualResetEventSlim _started = new();
        private readonly Thread _thread;

        public BusyThread(string name, CancellationToken stop)
        {
            _thread = new Thread(() => Compute(stop)) { Name = name, IsBackground = true };
            _thread.Start();
            _started.Wait();
        }

        public string Name => _thread.Name!;

        public int? Id { get; private set; }

        public bool Join() => _thread.Join(TimeSpan.FromSeconds(30));

        public void Dispose() => _started.Dispose();

        private void Compute(CancellationToken stop)
        {
            Id = TaskManager.CurrentThreadId();
            _started.Set();
            while (!stop.IsCancellationRequested)
            {
            }
        }
    }

    /// <summary>A line of the task manager.</summary>
    private sealed record Worker(string Name, int ProcessId, int ThreadId, Func<TimeSpan> ProcessorTime, Func<long>? Memory)
    {
        // The first thread of a process, which runs the body, has the number of the process.
        public static Worker Of(ChildProcess child) =>
            new(child.Name, child.Id, child.Id, () => child.GetStatistics().TotalProcessorTime, () => child.GetStatistics().WorkingSet);

        public static Worker OfThisProcess() =>
            new(CurrentProcess.Name, CurrentProcess.Id, CurrentProcess.Id, TaskManager.ProcessorTime, () => Environment.WorkingSet);

        public static IEnumerable<Worker> Of(BusyThread thread)
        {
            if (thread.Id is { } id)
            {
                yield return new($"  {thread.Name}", CurrentProcess.Id, id, () => TaskManager.ProcessorTime(id), Memory: null);
            }
            else
            {
                Screen.Say($"{thread.Name} is running too, but this system has no /proc/thread-self, so its line cannot be shown.");
            }
        }

        public string[] Row(TimeSpan used, TimeSpan elapsed) =>
        [
            Name, $"{ProcessId}", $"{ThreadId}", $"{used.TotalSeconds:0.00} s", $"{100 * used / elapsed:0} %",
            TaskManager.LastProcessor(ProcessId, ThreadId),
            Memory is null ? "shared" : $"{Memory() / 1048576.0:0.0} MiB",
        ];
    }
}

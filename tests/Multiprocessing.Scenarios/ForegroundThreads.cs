using System.Diagnostics;

namespace Multiprocessing.Scenarios;

/// <summary>Bodies that return and leave a thread running.</summary>
internal static class ForegroundThreads
{
    public static int Run(string way)
    {
        using var finished = new ProcessEvent();
        if (way == "pool")
        {
            Report.Line("seconds", (int)Pool().GetAwaiter().GetResult().TotalSeconds);
            return 0;
        }

        using var child = ChildProcess.Run(
            () =>
            {
                new Thread(() =>
                {
                    Thread.Sleep(way is "endless" or "background" ? Timeout.Infinite : 700);
                    if (way == "throws")
                    {
                        throw new FormatException("from the thread");
                    }

                    Report.Line("thread", "finished");
                    Environment.ExitCode = 5;
                    finished.Set();
                })
                { IsBackground = way == "background" }.Start();
                return "result";
            },
            new ChildProcessOptions { StandardError = ProcessOutput.Discard });
        if (way == "endless")
        {
            Report.Line("alive", !child.Join(TimeSpan.FromSeconds(2)));
            child.Terminate();
        }

        Report.Line("result", child.Result.GetAwaiter().GetResult());
        child.Join();
        Report.Line("status", child.ExitStatus);
        Report.Line("finished", finished.Wait(TimeSpan.Zero));
        return 0;
    }

    /// <summary>The worker has exited after the grace, and the task has its result.</summary>
    private static async Task<TimeSpan> Pool()
    {
        Stopwatch watch;
        await using (var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1, ShutdownGrace = TimeSpan.FromSeconds(2) }))
        {
            Report.Line("result", await pool.RunAsync(static () =>
            {
                new Thread(static () => Thread.Sleep(Timeout.Infinite)).Start();
                return Environment.ProcessId;
            }));
            watch = Stopwatch.StartNew();
        }

        return watch.Elapsed;
    }
}

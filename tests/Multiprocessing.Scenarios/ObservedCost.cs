using Multiprocessing;

namespace Multiprocessing.Scenarios;

/// <summary>
/// Measures what publishing costs the process of a pool: its processor time without an observer, and with one that reads twice a second.
/// </summary>
internal static class ObservedCost
{
    private static readonly TimeSpan Task = TimeSpan.FromMilliseconds(100);

    public static async Task<int> Run(int workers, TimeSpan time)
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = workers, MinWorkers = workers });
        await pool.WarmUpAsync(workers);
        using var stop = new CancellationTokenSource();
        using var looks = new ProcessQueue<double>();
        var work = pool.ForEachAsync(Enumerable.Range(0, int.MaxValue), static _ => Thread.Sleep(Task), cancellationToken: stop.Token);
        await System.Threading.Tasks.Task.Delay(time / 2);
        Report.Line("alone", $"{await ShareAsync(time):0.00} %");
        using var observer = ChildProcess.Run(Look, Environment.ProcessId, looks);
        _ = looks.Get();
        Report.Line("observed", $"{await ShareAsync(time):0.00} %");
        observer.Kill();
        var reads = 0;
        var milliseconds = 0.0;
        while (looks.TryGet(out var one))
        {
            reads++;
            milliseconds += one;
        }

        Report.Line("reading", $"{milliseconds / Math.Max(1, reads):0.00} ms of processor time for each of {reads}");
        await stop.CancelAsync();
        await ((System.Threading.Tasks.Task)work).ContinueWith(static _ => { }, TaskScheduler.Default);
        return 0;
    }

    private static async Task<double> ShareAsync(TimeSpan time)
    {
        var (cpu, clock) = (Environment.CpuUsage.TotalTime, System.Diagnostics.Stopwatch.StartNew());
        await System.Threading.Tasks.Task.Delay(time);
        return 100 * (Environment.CpuUsage.TotalTime - cpu) / clock.Elapsed;
    }

    private static void Look(int root, ProcessQueue<double> looks)
    {
        using var monitor = ProgramMonitor.Open(root);
        while (true)
        {
            var before = Environment.CpuUsage.TotalTime;
            _ = monitor.Read(out _, out _);
            looks.Put((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
            Thread.Sleep(500);
        }
    }
}

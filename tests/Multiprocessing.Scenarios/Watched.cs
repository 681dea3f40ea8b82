using System.Runtime.CompilerServices;
using Multiprocessing;

namespace Multiprocessing.Scenarios;

/// <summary>A program to look at: a pool, queues, a lock with waiters and a child, all of which work until the program is killed.</summary>
internal static class Watched
{
    /// <summary>One worker of the pool is in <see cref="HangsHere"/>, the others work.</summary>
    public static async Task<int> Run()
    {
        using var pages = new ProcessQueue<int>(200);
        using var results = new ProcessQueue<string>();
        using var ledger = new ProcessLock();
        using var download = ChildProcess.Run(Download, pages, new ChildProcessOptions { Name = "download" });
        using var save = ChildProcess.Run(Save, pages, results, ledger, new ChildProcessOptions { Name = "save" });
        using var hold = ChildProcess.Run(Hold, ledger, new ChildProcessOptions { Name = "bookkeeper" });
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 3, Name = "images" });
        var hung = pool.RunAsync(() => HangsHere(results), new TaskOptions { Name = "HangsHere" });
        var work = pool.ForEachAsync(Enumerable.Range(0, int.MaxValue), number => Resize(number));
        Report.Line("watched", string.Join(' ', download.Id, save.Id, hold.Id));
        await Task.WhenAll(hung, work);
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void HangsHere(ProcessQueue<string> results)
    {
        Report.Line("hung", Environment.ProcessId);
        new ManualResetEventSlim().Wait();
        GC.KeepAlive(results);
    }

    private static void Resize(int number)
    {
        var until = Environment.TickCount64 + 20 + (number % 30);
        while (Environment.TickCount64 < until)
        {
            Thread.SpinWait(100);
            Thread.Sleep(1);
        }
    }

    private static void Download(ProcessQueue<int> pages)
    {
        for (var page = 0; ; page++)
        {
            pages.Put(page);
            Thread.Sleep(5);
        }
    }

    private static void Save(ProcessQueue<int> pages, ProcessQueue<string> results, ProcessLock ledger)
    {
        while (true)
        {
            var page = pages.Get();
            using (ledger.EnterScope())
            {
                if (results.Count < 1000)
                {
                    results.Put($"page {page}");
                }
            }

            Thread.Sleep(8);
        }
    }

    private static void Hold(ProcessLock ledger)
    {
        while (true)
        {
            using (ledger.EnterScope())
            {
                Thread.Sleep(200);
            }

            Thread.Sleep(50);
        }
    }
}

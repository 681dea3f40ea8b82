namespace Multiprocessing.Scenarios;

/// <summary>A pool needs another worker while the system has none to give, and later it has.</summary>
internal static class PoolShortages
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Shortage = TimeSpan.FromSeconds(1.5);

    /// <summary>A pool without any worker gives up after about 11 s.</summary>
    private static readonly TimeSpan BeforeItBreaks = TimeSpan.FromSeconds(5);

    public static async Task<int> Descriptors()
    {
        SpareProcesses.MaxCount = 0;
        return await Survive(
            () => Limits.SetDescriptors((ulong)Limits.FillGaps() + 1),
            () => Limits.SetDescriptors(ulong.MaxValue));
    }

    /// <summary>The user may have no more processes and threads. Not for root, whom no such limit concerns.</summary>
    public static async Task<int> Processes()
    {
        SpareProcesses.MaxCount = 0;
        if (Environment.IsPrivilegedProcess)
        {
            Report.Line("skipped", "root has no such limit");
            return 0;
        }

        return await Survive(() => Limits.SetProcesses(1), () => Limits.SetProcesses(ulong.MaxValue));
    }

    /// <summary>/dev/shm and the temp directory are file systems of a few megabytes.</summary>
    public static async Task<int> Memory()
    {
        SpareProcesses.MaxCount = 0;
        string[] ballast = ["/dev/shm/ballast", "/mnt/ballast"];
        return await Survive(
            () =>
            {
                foreach (var file in ballast)
                {
                    Fill(file);
                }
            },
            () => Array.ForEach(ballast, File.Delete));
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var piece in new[] { 1 << 20, 4096 })
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[piece]);
                }
            }
            catch (IOException)
            {
                // Full, but for what is smaller than a piece.
            }
        }
    }

    private static async Task<bool> IsTold(CountingLoggerFactory log, int before, TimeSpan patience)
    {
        for (var end = DateTime.UtcNow + patience; log.Warnings == before && DateTime.UtcNow < end; await Task.Delay(20))
        {
        }

        return log.Warnings > before;
    }

    /// <summary>An assembly that the runtime cannot load while it has no descriptor is missing for ever: everything is done once before.</summary>
    private static async Task LoadAssemblies()
    {
        await using (var pool = new ProcessPool(new() { Workers = 2 }))
        {
            _ = (await pool.MapAsync(Enumerable.Range(0, 10), static number => number)).Sum();
        }

        await using var broken = new ProcessPool(new() { Workers = 1, MaxFailedStarts = 2, Process = new ChildProcessOptions { WorkingDirectory = "/no such directory" } });
        try
        {
            await broken.RunAsync(static () => { }).WaitAsync(Patience);
        }
        catch (PoolBrokenException exception)
        {
            _ = exception.ToString();
        }
    }

    private static async Task<int> Survive(Action begin, Action end)
    {
        var log = new CountingLoggerFactory();
        MultiprocessingLogging.Factory = log;
        await LoadAssemblies();
        await using var pool = new ProcessPool(new() { Workers = 2 });
        using var go = new ProcessEvent();

        // A worker runs a task; the second one cannot start.
        await pool.RunAsync(static () => { });
        var first = pool.RunAsync(() => go.Wait(Patience), new() { Name = "long" });
        var before = log.Warnings;
        begin();
        var second = pool.RunAsync(static () => Environment.ProcessId, new() { Name = "other" });
        await Task.Delay(Shortage);
        var isTold = await IsTold(log, before, Patience);
        Report.Line("meanwhile", $"{first.Status is TaskStatus.WaitingForActivation} {second.Status is TaskStatus.WaitingForActivation} {isTold}");
        end();
        var other = await second.WaitAsync(Patience);
        Report.Line("second", pool.ProcessIds.Contains(other));
        go.Set();
        Report.Line("first", await first.WaitAsync(Patience));

        // No worker is there at all.
        await using var fresh = new ProcessPool(new() { Workers = 2 });
        before = log.Warnings;
        begin();
        var alone = fresh.MapAsync(Enumerable.Range(0, 10), static number => number);
        await Task.Delay(Shortage);
        Report.Line("told", await IsTold(log, before, BeforeItBreaks));
        end();
        Report.Line("alone", (await alone.WaitAsync(Patience)).Sum());
        return 0;
    }
}

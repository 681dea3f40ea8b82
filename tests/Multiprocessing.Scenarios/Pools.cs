namespace Multiprocessing.Scenarios;

/// <summary>Programs that are in the middle of a pool's work when something happens to them.</summary>
internal static class Pools
{
    private const int Workers = 2;

    private static bool _announced;

    /// <summary>A map that would take an hour.</summary>
    public static int LongMap()
    {
        using var pids = new ProcessQueue<int>();
        var pool = new ProcessPool(new ProcessPoolOptions { Workers = Workers });
        var map = pool.MapAsync(
            Enumerable.Range(0, 72_000),
            number =>
            {
                if (CurrentProcess.IsChild && !_announced)
                {
                    _announced = true;
                    pids.Put(Environment.ProcessId);
                }

                Thread.Sleep(100);
                return number;
            });
        for (var i = 0; i < Workers; i++)
        {
            Report.Line("pid", $"{pids.Get(TimeSpan.FromSeconds(30))} worker");
        }

        Report.Line("ready", "");
        map.Wait();
        return 0;
    }
}

using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>For what another process or the kernel does in its own time, where no event exists to wait for.</summary>
internal static class Eventually
{
    // Most of what is waited for needs a process that is started first, on a machine that may be busy.
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(60);

    /// <summary>Waits until something is so, and says how long that took; fails when it never is.</summary>
    public static TimeSpan Is(Func<bool> condition, string what, TimeSpan? patience = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > (patience ?? DefaultPatience))
            {
                throw new TimeoutException($"After {watch.Elapsed.TotalSeconds:0.0} s it was still not so that {what}.");
            }

            Thread.Sleep(5);
        }

        return watch.Elapsed;
    }

    public static TimeSpan IsGone(int processId, TimeSpan? patience = null) =>
        Is(() => ProcessEntry.IsGone(processId), $"process {processId} is gone (now: {ProcessEntry.Find(processId)})", patience);
}

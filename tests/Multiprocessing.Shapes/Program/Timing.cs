using System.Diagnostics;

namespace Multiprocessing.Shapes;

/// <summary>The cold start of a child, in milliseconds, one line for each.</summary>
internal static class Timing
{
    public static int Run(int rounds)
    {
        SpareProcesses.MaxCount = 0;
        for (var round = 0; round < rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            using var child = ChildProcess.Run(() => { });
            child.Join();
            Report.Line("ms", Stopwatch.GetElapsedTime(began).TotalMilliseconds.ToString("0.0"));
        }

        return 0;
    }
}

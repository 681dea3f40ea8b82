using System.Diagnostics;
using System.Globalization;

namespace Comparison.Cases;

/// <summary>Reads the resource use of processes from <c>/proc</c>.</summary>
internal static class ProcessUsage
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Returns mean resident bytes, mean proportional bytes (shared pages divided by their users), and the per cent of one processor that all
    /// processes use together.
    /// </summary>
    public static double[] Of(int[] processes)
    {
        var start = Stopwatch.GetTimestamp();
        var before = processes.SelectMany(ProcessorNanoseconds).ToDictionary();
        Thread.Sleep(Span);
        var used = processes.SelectMany(ProcessorNanoseconds).Sum(thread => thread.Value - before.GetValueOrDefault(thread.Key));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        return
        [
            processes.Average(id => Kilobytes($"/proc/{id}/status", "VmRSS:") * 1024.0),
            processes.Average(id => Kilobytes($"/proc/{id}/smaps_rollup", "Pss:") * 1024.0),
            100.0 * used / elapsed,
        ];
    }

    private static long Kilobytes(string file, string field) =>
        long.Parse(File.ReadLines(file).First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    // By thread, because a thread that ends takes its time with it. The first number of schedstat is the time on a processor; stat has units of 10 ms
    // only.
    private static IEnumerable<KeyValuePair<string, long>> ProcessorNanoseconds(int id) =>
        Directory.GetDirectories($"/proc/{id}/task")
            .Select(thread => KeyValuePair.Create(thread, long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture)));
}

using System.Diagnostics;
using System.Globalization;

namespace Services.Cases;

/// <summary>What this process holds: open handles without those of loaded assemblies, mapped segments of shared memory, and child processes.</summary>
internal sealed record Leftovers(int Handles, int Segments, int Children)
{
    private const int EqualCounts = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Counts until the count does not change for a second: a killed process is removed, and a spare is started, a moment later.</summary>
    public static Leftovers Count()
    {
        var start = Stopwatch.GetTimestamp();
        var last = CountNow();
        for (var equal = 0; equal < EqualCounts && Stopwatch.GetElapsedTime(start) < Patience; equal++)
        {
            Thread.Sleep(Pause);
            var now = CountNow();
            if (now != last)
            {
                last = now;
                equal = 0;
            }
        }

        return last;
    }

    /// <summary>Returns the kinds of the open handles and how many there are of each, for the text of a failure.</summary>
    public static string HandleKinds() => string.Join(
        ", ",
        Targets().GroupBy(target => target).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} x {group.Key}"));

    public bool IsWithin(Leftovers other) => Handles <= other.Handles && Segments <= other.Segments && Children <= other.Children;

    public override string ToString() => $"{Handles} handles, {Segments} mapped segments, {Children} child processes";

    private static Leftovers CountNow()
    {
        // What still waits for its finalizer is not left behind.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return new(
            Targets().Count(),
            File.ReadLines("/proc/self/maps").Count(line => line.Contains("/dev/shm/", StringComparison.Ordinal)),
            Directory.GetDirectories("/proc").Count(IsChild));
    }

    // The runtime keeps the file of each assembly open that it has loaded.
    private static IEnumerable<string> Targets() =>
        Directory.GetFiles("/proc/self/fd").Select(Target).Where(target => !target.EndsWith(".dll", StringComparison.Ordinal));

    // "socket:[4711]" without its number.
    private static string Target(string handle) => (new FileInfo(handle).LinkTarget ?? "closed meanwhile").Split('[')[0];

    private static bool IsChild(string folder)
    {
        if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
        {
            return false;
        }

        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return false; // it has just ended
        }
    }
}

using System.Globalization;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Linux;

/// <summary>proc(5).</summary>
[SupportedOSPlatform("linux")]
internal static class ProcProcessTable
{
    private const long TicksPerClock = TimeSpan.TicksPerSecond / 100; // USER_HZ is 100 on every Linux ABI

    /// <summary>The process's numbers, or <see langword="null"/> when it does not exist.</summary>
    public static ProcStat? TryReadStat(int processId)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{processId}/stat");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // gone (ENOENT, or ESRCH between open and read) or hidden (hidepid): both mean that there is nothing to read
        }

        // The name in parentheses may hold spaces and parentheses itself: the fields begin behind the last one.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcStat(
            processId,
            fields[0][0],
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            int.Parse(fields[2], CultureInfo.InvariantCulture),
            TimeSpan.FromTicks(long.Parse(fields[11], CultureInfo.InvariantCulture) * TicksPerClock),
            TimeSpan.FromTicks(long.Parse(fields[12], CultureInfo.InvariantCulture) * TicksPerClock),
            int.Parse(fields[17], CultureInfo.InvariantCulture),
            ulong.Parse(fields[19], CultureInfo.InvariantCulture),
            long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
    }

    /// <summary>Every process below <paramref name="ancestor"/>, nearest first.</summary>
    public static IReadOnlyList<ProcStat> Descendants(int ancestor)
    {
        var children = new Dictionary<int, List<ProcStat>>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && TryReadStat(id) is { } stat)
            {
                (children.TryGetValue(stat.ParentId, out var list) ? list : children[stat.ParentId] = []).Add(stat);
            }
        }

        var found = new List<ProcStat>();
        var pending = new Queue<int>([ancestor]);
        while (pending.TryDequeue(out var id))
        {
            foreach (var child in children.GetValueOrDefault(id) ?? [])
            {
                found.Add(child);
                pending.Enqueue(child.ProcessId);
            }
        }

        return found;
    }

    /// <summary>The largest resident size so far in bytes (VmHWM), or 0 when the process is gone.</summary>
    public static long PeakResidentBytes(int processId)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(candidate => candidate.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}

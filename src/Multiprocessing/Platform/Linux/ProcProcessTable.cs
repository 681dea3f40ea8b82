using System.Globalization;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Linux;

/// <summary>proc(5).</summary>
[SupportedOSPlatform("linux")]
internal static class ProcProcessTable
{
    private const long TicksPerClock = TimeSpan.TicksPerSecond / 100; // USER_HZ is 100 on every Linux ABI

    /// <summary>Returns the figures of the process, or <see langword="null"/> if it does not exist or /proc does not show it.</summary>
    public static ProcStat? TryReadStat(int processId) =>
        ProcMount.NumberOf(processId) is > 0 and var number && TryReadEntry(number) is { } stat ? stat with { ProcessId = processId } : null;

    /// <summary>Returns every process below <paramref name="ancestor"/>, nearest first; none if they are unknown.</summary>
    public static IReadOnlyList<ProcStat> Descendants(int ancestor)
    {
        var children = new Dictionary<int, List<ProcStat>>();
        if (ProcMount.NumberOf(ancestor) is not (> 0 and var root))
        {
            return []; // no /proc
        }

        try
        {
            foreach (var directory in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    && TryReadEntry(id) is { } stat)
                {
                    (children.TryGetValue(stat.ParentId, out var list) ? list : children[stat.ParentId] = []).Add(stat);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No descriptor left for the listing. The kill of the process itself must still succeed; its own descendants notice its end.
        }

        var found = new List<ProcStat>();
        var pending = new Queue<int>([root]);
        while (pending.TryDequeue(out var id))
        {
            foreach (var child in children.GetValueOrDefault(id) ?? [])
            {
                // The caller sends signals to these numbers, which must not be those of another namespace.
                if (ProcMount.OwnNumberOf(child.ProcessId) is > 0 and var own)
                {
                    found.Add(child with { ProcessId = own });
                }

                pending.Enqueue(child.ProcessId);
            }
        }

        return found;
    }

    /// <summary>Returns the largest resident size so far in bytes (VmHWM), or 0 if the process has ended.</summary>
    public static long PeakResidentBytes(int processId)
    {
        try
        {
            var lines = File.ReadLines($"/proc/{ProcMount.NumberOf(processId)}/status");
            return lines.FirstOrDefault(candidate => candidate.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
                ? long.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024
                : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Reads the entry of /proc with that number. Its process numbers are those of /proc.</summary>
    private static ProcStat? TryReadEntry(int number)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{number}/stat");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // ended (ENOENT, or ESRCH between open and read) or hidden (hidepid)
        }

        // The name in parentheses may contain spaces and parentheses: the fields begin after the last one.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcStat(
            number,
            fields[0][0],
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            TimeSpan.FromTicks(long.Parse(fields[11], CultureInfo.InvariantCulture) * TicksPerClock),
            TimeSpan.FromTicks(long.Parse(fields[12], CultureInfo.InvariantCulture) * TicksPerClock),
            int.Parse(fields[17], CultureInfo.InvariantCulture),
            ulong.Parse(fields[19], CultureInfo.InvariantCulture),
            long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
    }
}

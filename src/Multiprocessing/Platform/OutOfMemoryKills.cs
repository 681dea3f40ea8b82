using System.Globalization;

namespace Multiprocessing.Platform;

/// <summary>Counts the processes of this control group that the kernel has killed because memory ran out (cgroups(7), both versions).</summary>
internal static class OutOfMemoryKills
{
    private const string Key = "oom_kill ";

    private static readonly string? File = OperatingSystem.IsLinux() ? Find("/sys/fs/cgroup", "/proc/self/cgroup") : null;

    /// <summary>
    /// Returns the count, or 0 if it is unknown: then no death is attributed to it. Windows refuses an allocation instead of killing a process.
    /// </summary>
    public static long Count() => File is null ? 0 : CountIn(File);

    /// <summary>Returns the file with the count of this process's group, or <see langword="null"/>.</summary>
    /// <param name="root">The directory where the control groups are mounted.</param>
    /// <param name="membership">
    /// The file that lists the groups of this process, one line for each hierarchy: <c>number:controllers:path</c>, without number and controllers
    /// for version 2.
    /// </param>
    internal static string? Find(string root, string membership)
    {
        // A container sees its own group at the root, whatever path the file states, or has that path below the root.
        var candidates = new List<string>();
        foreach (var parts in ReadLines(membership).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3))
        {
            var path = parts[2].TrimStart('/');
            if (parts[0] == "0" && parts[1].Length == 0)
            {
                candidates.Add(Path.Combine(root, path, "memory.events"));
                candidates.Add(Path.Combine(root, "unified", path, "memory.events"));
            }
            else if (parts[1].Split(',').Contains("memory"))
            {
                candidates.Add(Path.Combine(root, "memory", path, "memory.oom_control"));
                candidates.Add(Path.Combine(root, parts[1], path, "memory.oom_control"));
            }
        }

        candidates.Add(Path.Combine(root, "memory.events"));
        candidates.Add(Path.Combine(root, "memory", "memory.oom_control"));
        return candidates.Find(candidate => ReadLines(candidate).Any(line => line.StartsWith(Key, StringComparison.Ordinal)));
    }

    internal static long CountIn(string file)
    {
        foreach (var line in ReadLines(file))
        {
            if (line.StartsWith(Key, StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(Key.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return count;
            }
        }

        return 0;
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return System.IO.File.ReadAllLines(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // no such group or version here, or it may not be read
        }
    }
}

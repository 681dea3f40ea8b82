using System.Globalization;
using System.Text;

namespace Multiprocessing.Tests;

/// <summary>One process as /proc shows it. Read without the library, so that a test does not ask the accused.</summary>
internal sealed record ProcessEntry(int Id, int ParentId, char State, long StartTicks, string CommandLine, int Threads = 1)
{
    /// <summary>
    /// Whether it has exited. The first thread of a killed process may have ended before the others, which have its files and locks until they do.
    /// </summary>
    public bool IsZombie => State is 'Z' or 'X' && Threads <= 1;

    public static IEnumerable<ProcessEntry> All() =>
        from directory in Directory.EnumerateDirectories("/proc")
        let id = int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
        where id > 0
        let entry = Find(id)
        where entry is not null
        select entry;

    public static ProcessEntry? Find(int id)
    {
        if (OperatingSystem.IsWindows())
        {
            return Array.Exists(System.Diagnostics.Process.GetProcesses(), process => process.Id == id) ? new ProcessEntry(id, 0, '?', 0, "") : null;
        }

        if (TryRead($"/proc/{id}/stat") is not { } stat)
        {
            return null;
        }

        // The name in brackets may hold blanks and brackets itself; the fields begin behind the last one.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var command = (TryRead($"/proc/{id}/cmdline") ?? "").Replace('\0', ' ').Trim();
        var threads = int.Parse(fields[17], CultureInfo.InvariantCulture);
        return new ProcessEntry(
            id,
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            fields[0][0],
            long.Parse(fields[19], CultureInfo.InvariantCulture),
            command,
            threads);
    }

    /// <summary>Whether the process has exited; a zombie that its parent has not reaped yet counts as exited.</summary>
    public static bool IsGone(int id) => Find(id) is null or { IsZombie: true };

    /// <summary>Everything below a process, by parenthood.</summary>
    public static IReadOnlyList<ProcessEntry> Descendants(int root)
    {
        var children = All().ToLookup(entry => entry.ParentId);
        var found = new List<ProcessEntry>();
        var open = new Queue<int>([root]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in children[parent])
            {
                found.Add(child);
                open.Enqueue(child.Id);
            }
        }

        return found;
    }

    /// <summary>
    /// Kills a program so that none of its processes can clean up. All are stopped first, from the root down, and looked for again until no other is
    /// found: a parent that was not stopped yet may have started a spare since the last look.
    /// </summary>
    public static void KillTree(int root)
    {
        if (OperatingSystem.IsWindows())
        {
            // The system ends the processes below it.
            Posix.Signal(root, Posix.SigKill);
            Eventually.IsGone(root);
            return;
        }

        var stopped = new HashSet<int>();
        for (List<int> found = [root]; found.Count > 0; found = [.. Descendants(root).Select(static entry => entry.Id).Except(stopped)])
        {
            found.ForEach(static id => Posix.Signal(id, Posix.SigStop));
            stopped.UnionWith(found);
        }

        foreach (var id in stopped)
        {
            Posix.Signal(id, Posix.SigKill);
        }

        foreach (var id in stopped)
        {
            Eventually.IsGone(id);
        }
    }

    public static string? TryRead(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // the process or thread ended between the listing and the look
        }
    }

    public override string ToString() => $"{Id} (parent {ParentId}, {State}) {CommandLine}";
}

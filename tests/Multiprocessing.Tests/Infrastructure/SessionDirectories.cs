namespace Multiprocessing.Tests;

/// <summary>The directories in which the library keeps what processes share.</summary>
internal static class SessionDirectories
{
    private static readonly string Pattern = $"mp-{(OperatingSystem.IsWindows() ? Multiprocessing.Platform.FileOwner.CurrentUser : Posix.UserId())}-*";

    public static IReadOnlyList<string> All() =>
        [.. new[] { OperatingSystem.IsWindows() ? "" : "/dev/shm", Path.GetTempPath() }.Where(Directory.Exists).SelectMany(place => Directory.EnumerateDirectories(place, Pattern))];

    /// <summary>Those that belong to this run or to nobody. Other programs of the same user on the same machine may start and end at any time.</summary>
    public static IReadOnlyList<string> OfThisRun()
    {
        var all = All().ToHashSet();
        if (OperatingSystem.IsWindows())
        {
            return [.. all];
        }

        foreach (var process in ProcessEntry.All().Where(process => process.Id != Environment.ProcessId && !TestRun.IsMarked(process.Id)))
        {
            if (all.Count == 0)
            {
                break;
            }

            var maps = ProcessEntry.TryRead($"/proc/{process.Id}/maps") ?? "";
            all.RemoveWhere(directory => maps.Contains(directory + "/", StringComparison.Ordinal));
        }

        return [.. all];
    }
}

namespace Multiprocessing.Tests;

/// <summary>The directories in which the library keeps what processes share.</summary>
internal static class SessionDirectories
{
    private static readonly string Pattern = $"mp-{(OperatingSystem.IsWindows() ? Multiprocessing.Platform.FileOwner.CurrentUser : Posix.UserId())}-*";

    public static IReadOnlyList<string> All() =>
        [.. new[] { OperatingSystem.IsWindows() ? "" : "/dev/shm", Path.GetTempPath() }.Where(Directory.Exists).SelectMany(place => Directory.EnumerateDirectories(place, Pattern))];

    /// <summary>
    /// The directories of this run, and those without an owner. Other programs of the same user on the same machine may start and end at any time.
    /// </summary>
    public static IReadOnlyList<string> OfThisRun()
    {
        var all = All().ToHashSet();
        if (OperatingSystem.IsWindows())
        {
            return [.. all];
        }

        foreach (var process in ProcessEntry.All().Where(process => process.Id != Environment.ProcessId && !TestRun.IsMarked(process.Id)))
        {
            if (!all.Any(IsForeign))
            {
                break;
            }

            // A second directory may have nothing mapped yet; its lock is open all the time.
            var maps = ProcessEntry.TryRead($"/proc/{process.Id}/maps") ?? "";
            var open = OpenFiles(process.Id);
            all.RemoveWhere(directory => maps.Contains(directory + "/", StringComparison.Ordinal) || open.Exists(file => file.StartsWith(directory + "/", StringComparison.Ordinal)));
        }

        return [.. all];
    }

    private static bool IsForeign(string directory) => directory != Session.Current.Directory;

    private static List<string> OpenFiles(int processId)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Select(handle => new FileInfo(handle).LinkTarget).OfType<string>()];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // it ended meanwhile, or is another user's
        }
    }
}

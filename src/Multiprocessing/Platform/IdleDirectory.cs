namespace Multiprocessing.Platform;

/// <summary>Where a process stays that only waits. On Windows nobody can delete or rename a directory that is somebody's current one, so it waits elsewhere and comes back.</summary>
internal static class IdleDirectory
{
    private static string? _left;

    public static void Leave()
    {
        if (OperatingSystem.IsWindows())
        {
            _left = Environment.CurrentDirectory;
            Environment.CurrentDirectory = Environment.SystemDirectory;
        }
    }

    /// <summary>Back to where it was. Nothing if it never left.</summary>
    /// <exception cref="DirectoryNotFoundException">The directory is gone.</exception>
    public static void Return()
    {
        if (_left is { } directory)
        {
            Environment.CurrentDirectory = directory;
        }
    }
}

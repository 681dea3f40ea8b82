namespace Multiprocessing.Platform;

/// <summary>
/// The working directory of a process that waits for work. On Windows a directory cannot be deleted or renamed while it is the working directory of a
/// process, so the process waits in another one and returns later.
/// </summary>
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

    /// <summary>Returns to the earlier directory. Does nothing if the process has not left it.</summary>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist any more.</exception>
    public static void Return()
    {
        if (_left is { } directory)
        {
            Environment.CurrentDirectory = directory;
        }
    }
}

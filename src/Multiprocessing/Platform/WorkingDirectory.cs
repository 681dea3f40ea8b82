using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;

namespace Multiprocessing.Platform;

/// <summary>The working directory of this process.</summary>
internal static class WorkingDirectory
{
    /// <summary>
    /// Returns an object that identifies the directory, or <see langword="null"/> if it is unknown. Not the path: a deleted directory has none, and
    /// reading it fails; and the path may belong to another directory by now.
    /// </summary>
    public static object? Identity() =>
        OperatingSystem.IsLinux()
            ? Statx.OfCurrentDirectory()
            : OperatingSystem.IsMacOS() ? Lstat.OfCurrentDirectory()
            : Environment.CurrentDirectory;
}

using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;

namespace Multiprocessing.Platform;

/// <summary>The current directory of this process.</summary>
internal static class WorkingDirectory
{
    /// <summary>
    /// What tells this directory from any other, or <see langword="null"/> if that is unknown. Not its path: a directory that was deleted has none, and asking for it is an error; and a path may be
    /// another directory's by now.
    /// </summary>
    public static object? Identity() =>
        OperatingSystem.IsLinux() ? Statx.OfCurrentDirectory() : OperatingSystem.IsMacOS() ? Lstat.OfCurrentDirectory() : Environment.CurrentDirectory;
}

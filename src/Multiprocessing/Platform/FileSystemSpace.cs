using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Space for shared memory: on a file system, or on Windows within the commit limit.</summary>
internal static class FileSystemSpace
{
    /// <summary>
    /// Returns the number of bytes that this user may still write on the file system of <paramref name="path"/>, which must exist; 0 if it is
    /// unknown.
    /// </summary>
    public static long Available(string path) =>
        OperatingSystem.IsWindows()
            ? CommitSpace.Available()
            : Facilities.UseLinux ? Statvfs.Available(path)
            : new DriveInfo(path).AvailableFreeSpace;
}

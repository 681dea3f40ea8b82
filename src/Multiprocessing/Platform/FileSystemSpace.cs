using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Room for shared memory: on a file system, or on Windows among what may be committed.</summary>
internal static class FileSystemSpace
{
    /// <summary>Bytes that this user may still write on the file system of <paramref name="path"/>, which exists; 0 if it cannot be asked.</summary>
    public static long Available(string path) =>
        OperatingSystem.IsWindows() ? CommitSpace.Available() : Means.UseLinux ? Statvfs.Available(path) : new DriveInfo(path).AvailableFreeSpace;
}

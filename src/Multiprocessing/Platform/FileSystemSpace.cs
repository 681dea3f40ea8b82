using Multiprocessing.Platform.Linux;

namespace Multiprocessing.Platform;

/// <summary>Room on a file system.</summary>
internal static class FileSystemSpace
{
    /// <summary>Bytes that this user may still write on the file system of <paramref name="path"/>, which exists; 0 if it cannot be asked.</summary>
    public static long Available(string path) => Means.UseLinux ? Statvfs.Available(path) : new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(Path.GetFullPath(path))! : path).AvailableFreeSpace;
}

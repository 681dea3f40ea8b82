using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;
using Multiprocessing.Platform.Posix;

namespace Multiprocessing.Platform;

/// <summary>The file of a unix-domain socket.</summary>
internal static class SocketFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Returns whether a bound socket can get its name later, in one step that fails if the name exists.</summary>
    public static bool CanPublish => !OperatingSystem.IsWindows();

    /// <summary>
    /// Returns the identity of the socket file: the same for all its names, another one for a file that replaced it. <see langword="null"/> if
    /// there is no file, or if it is not a socket.
    /// </summary>
    public static (ulong Device, ulong Inode)? Identify(string path) =>
        OperatingSystem.IsLinux() ? Statx.OfSocket(path)
        : OperatingSystem.IsMacOS() ? Lstat.OfSocket(path)
        : File.Exists(path) && (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0 ? (0, (ulong)File.GetCreationTimeUtc(path).Ticks) : null;

    /// <summary>Sets which users may connect, whatever the umask is. Called before the socket listens: until then no process can connect.</summary>
    public static void Restrict(string path, bool allowOthers)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, allowOthers ? Owner | Others : Owner);
        }
    }

    /// <summary>
    /// Gives the socket file a second name. Returns <see langword="false"/> if the name exists or the file system has no second names.
    /// </summary>
    public static bool TryPublish(string path, string name) => HardLink.TryCreate(path, name);

    /// <summary>
    /// Acquires the lock of the folder in which socket files are replaced. Returns <see langword="null"/> if another process holds it. Disposing the
    /// result releases it, and so does the end of the process.
    /// </summary>
    public static IDisposable? TryLockFolder(string folder) => AdvisoryLock.TryTakeDirectory(folder);
}

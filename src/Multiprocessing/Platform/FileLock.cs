using Microsoft.Win32.SafeHandles;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>A lock on a file that the system drops when the process that has it is gone, however it went.</summary>
internal static class FileLock
{
    /// <summary>Takes the lock at once, or returns null because somebody has it or the file cannot be opened. Disposing the handle drops the lock.</summary>
    public static SafeFileHandle? TryTake(string path, bool create, bool shared = false) =>
        OperatingSystem.IsWindows() ? ShareLock.TryTake(path, create, shared) : AdvisoryLock.TryTake(path, create, shared);
}

using Microsoft.Win32.SafeHandles;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>A lock on a file that the system drops when the process that has it is gone, however it went.</summary>
internal static class FileLock
{
    /// <summary>Takes the lock at once, or returns null because somebody has it, or the file is not there and is not to be made. Disposing the handle drops the lock.</summary>
    /// <exception cref="UnauthorizedAccessException">This user may not open the file.</exception>
    /// <exception cref="IOException">The file cannot be opened, made or locked for another reason; that says nothing about whether somebody has it.</exception>
    public static SafeFileHandle? TryTake(string path, bool create, bool shared = false) =>
        OperatingSystem.IsWindows() ? ShareLock.TryTake(path, create, shared) : AdvisoryLock.TryTake(path, create, shared);
}

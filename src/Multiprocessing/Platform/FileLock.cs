using Microsoft.Win32.SafeHandles;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>A lock on a file. The system releases it when its owner ends, in whatever way.</summary>
internal static class FileLock
{
    /// <summary>
    /// Acquires the lock without waiting. Returns <see langword="null"/> if it is held, or if the file is missing and <paramref name="create"/> is
    /// false. Disposing the handle releases the lock.
    /// </summary>
    /// <exception cref="UnauthorizedAccessException">This user may not open the file.</exception>
    /// <exception cref="IOException">
    /// The file cannot be opened, created or locked for another reason, which does not mean that the lock is held.
    /// </exception>
    public static SafeFileHandle? TryTake(string path, bool create, bool shared = false) =>
        OperatingSystem.IsWindows() ? ShareLock.TryTake(path, create, shared) : AdvisoryLock.TryTake(path, create, shared);
}

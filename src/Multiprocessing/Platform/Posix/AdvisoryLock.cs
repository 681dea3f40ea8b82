using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Platform.Posix;

/// <summary>
/// flock(2). The open file holds the lock, so the kernel releases it when the last process that has the file open ends, in whatever way.
/// </summary>
internal static partial class AdvisoryLock
{
    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int NonBlocking = 4;

    /// <inheritdoc cref="FileLock.TryTake"/>
    public static SafeFileHandle? TryTake(string path, bool create, bool shared = false)
    {
        var number = OwnFile.Open(path, create ? OpenFlags.Create : 0);
        if (number < 0)
        {
            return Marshal.GetLastPInvokeError() is var error && error == Errno.NoEntry && !create ? null : throw Trouble(path, error);
        }

        var file = new SafeFileHandle(number, ownsHandle: true);
        if (Lock(file, (shared ? Shared : Exclusive) | NonBlocking) == 0)
        {
            return file;
        }

        var reason = Marshal.GetLastPInvokeError();
        file.Dispose();
        return reason == Errno.Again ? null : throw Trouble(path, reason);
    }

    private static Exception Trouble(string path, int error)
    {
        var message = $"'{path}' cannot be locked: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).";
        return error == Errno.NoAccess ? new UnauthorizedAccessException(message) : new IOException(message);
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}

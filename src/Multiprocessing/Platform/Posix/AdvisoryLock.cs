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

    /// <summary>
    /// Acquires the lock of a directory, without a file. Returns <see langword="null"/> if it is held; a handle without effect if the file system
    /// has no such locks.
    /// </summary>
    public static SafeFileHandle? TryTakeDirectory(string path)
    {
        var number = FileOpen.Open(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec);
        if (number < 0)
        {
            throw Trouble(path, Marshal.GetLastPInvokeError());
        }

        var directory = new SafeFileHandle(number, ownsHandle: true);
        if (Lock(directory, Exclusive | NonBlocking) == 0 || Marshal.GetLastPInvokeError() != Errno.Again)
        {
            return directory;
        }

        directory.Dispose();
        return null;
    }

    private static Exception Trouble(string path, int error)
    {
        var message = $"'{path}' cannot be locked: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).";
        return error == Errno.NoAccess ? new UnauthorizedAccessException(message) : new IOException(message);
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Platform.Posix;

/// <summary>flock(2): held by the open file, so the kernel drops it when the last process that has the file open is gone, however it went.</summary>
internal static partial class AdvisoryLock
{
    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int NonBlocking = 4;

    /// <summary>Takes the lock at once, or returns null because somebody has it or the file cannot be opened. Disposing the handle drops the lock.</summary>
    public static SafeFileHandle? TryTake(string path, bool create, bool shared = false)
    {
        var flags = OpenFlags.ReadWrite | OpenFlags.CloseOnExec | (create ? OpenFlags.Create : 0);
        var file = new SafeFileHandle(FileOpen.Open(path, flags, OpenFlags.OwnerOnly), ownsHandle: true);
        if (!file.IsInvalid && Lock(file, (shared ? Shared : Exclusive) | NonBlocking) == 0)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int Lock(SafeFileHandle file, int operation);
}

using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>The system calls that the tests make behind the library's back.</summary>
internal static partial class Posix
{
    public const int SigInterrupt = 2;
    public const int SigAbort = 6;
    public const int SigKill = 9;
    public const int SigSegv = 11;
    public const int SigTerm = 15;
    public const int SigContinue = 18;
    public const int SigStop = 19;

    private const int NoSuchProcess = 3;

    [LibraryImport("libc", EntryPoint = "getuid")]
    public static partial uint UserId();

    /// <summary>Sends a signal; a process that has already exited is no error.</summary>
    public static void Signal(int processId, int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsSignals.Send(processId, signal);
            return;
        }

        if (Kill(processId, signal) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
        {
            throw new Win32Exception(error);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}

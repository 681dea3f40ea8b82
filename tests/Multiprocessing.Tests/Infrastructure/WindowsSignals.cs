using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Tests;

/// <summary>
/// The nearest equivalents of the signals that the tests send: exit with the code that the library uses for the signal, and suspension.
/// </summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsSignals
{
    private const uint Terminate = 0x1;
    private const uint SuspendResume = 0x800;
    private const uint ExitCodes = 0xE04D5000;
    private const int InvalidParameter = 87;
    private const int AccessDenied = 5;

    public static void Send(int processId, int signal)
    {
        var process = OpenProcess(Terminate | SuspendResume, 0, (uint)processId);
        if (process == 0)
        {
            // A process that has already exited is no error.
            if (Marshal.GetLastPInvokeError() is var error and not InvalidParameter)
            {
                throw new Win32Exception(error);
            }

            return;
        }

        try
        {
            var failed = signal switch
            {
                Posix.SigStop => NtSuspendProcess(process) != 0,
                Posix.SigContinue => NtResumeProcess(process) != 0,
                Posix.SigKill or Posix.SigTerm => TerminateProcess(process, ExitCodes | (uint)signal) == 0 && Marshal.GetLastPInvokeError() != AccessDenied, // it is ending
                _ => throw new PlatformNotSupportedException($"Nothing on Windows comes near signal {signal}."),
            };
            if (failed)
            {
                throw new Win32Exception();
            }
        }
        finally
        {
            _ = CloseHandle(process);
        }
    }

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial nint OpenProcess(uint access, int inherit, uint processId);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int TerminateProcess(nint process, uint code);

    [LibraryImport("kernel32")]
    private static partial int CloseHandle(nint handle);

    [LibraryImport("ntdll")]
    private static partial int NtSuspendProcess(nint process);

    [LibraryImport("ntdll")]
    private static partial int NtResumeProcess(nint process);
}

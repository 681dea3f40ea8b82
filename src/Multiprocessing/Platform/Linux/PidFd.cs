using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Multiprocessing.Platform.Posix;

namespace Multiprocessing.Platform.Linux;

/// <summary>pidfd_open(2).</summary>
[SupportedOSPlatform("linux")]
internal static partial class PidFd
{
    private const nint OpenNumber = 434; // the same on every architecture
    private const int NoSuchProcess = 3;

    /// <summary>A descriptor that becomes readable when the process ends, or <see langword="null"/> where the kernel has none (before 5.3).</summary>
    public static DescriptorEnd? TryOpen(int processId)
    {
        var descriptor = SystemCall(OpenNumber, processId, 0);
        return descriptor >= 0 ? new DescriptorEnd((int)descriptor) : null;
    }

    /// <summary>There is no such process, or it has ended and was not reaped yet. False where that cannot be had.</summary>
    public static bool HasEnded(int processId)
    {
        using var descriptor = TryOpen(processId);
        return descriptor?.WaitUntilReady(0) ?? Marshal.GetLastPInvokeError() == NoSuchProcess;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint argument1, nint argument2);
}

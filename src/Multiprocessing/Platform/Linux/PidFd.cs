using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Multiprocessing.Platform.Posix;

namespace Multiprocessing.Platform.Linux;

/// <summary>pidfd_open(2).</summary>
[SupportedOSPlatform("linux")]
internal static partial class PidFd
{
    private const nint OpenNumber = 434; // the same on every architecture

    /// <summary>A descriptor that becomes readable when the process ends, or <see langword="null"/> where the kernel has none (before 5.3).</summary>
    public static DescriptorEnd? TryOpen(int processId)
    {
        var descriptor = SystemCall(OpenNumber, processId, 0);
        return descriptor >= 0 ? new DescriptorEnd((int)descriptor) : null;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint argument1, nint argument2);
}

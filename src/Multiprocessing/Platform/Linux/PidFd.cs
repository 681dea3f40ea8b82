using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Multiprocessing.Platform.Posix;

namespace Multiprocessing.Platform.Linux;

/// <summary>pidfd_open(2).</summary>
[SupportedOSPlatform("linux")]
internal static partial class PidFd
{
    private const nint OpenNumber = 434; // the same on every architecture
    private const nint SendNumber = 424;
    private const nint ToGroup = 4;
    private const int NoSuchProcess = 3;
    private const nuint GetInfo = 0xC040FF0B; // _IOWR(0xFF, 11, 64 bytes)
    private const ulong WantExit = 8;
    private const int InfoAttempts = 20;

    /// <summary>
    /// Returns a descriptor that becomes readable when the process ends, or <see langword="null"/> if the kernel has none (before 5.3).
    /// </summary>
    public static DescriptorEnd? TryOpen(int processId)
    {
        var descriptor = SystemCall(OpenNumber, processId, 0);
        return descriptor >= 0 ? new DescriptorEnd((int)descriptor) : null;
    }

    /// <summary>Returns whether there is no such process, or it has ended and was not reaped. False if it is unknown.</summary>
    public static bool HasEnded(int processId)
    {
        using var descriptor = TryOpen(processId);
        return descriptor?.WaitUntilReady(0) ?? Marshal.GetLastPInvokeError() == NoSuchProcess;
    }

    /// <summary>Sends a signal by pidfd_send_signal(2), to a whole group since Linux 6.9.</summary>
    public static bool TrySend(int processId, int signal, bool isGroup)
    {
        using var descriptor = TryOpen(processId);
        return descriptor is not null && SystemCall(SendNumber, descriptor.Number, signal, 0, isGroup ? ToGroup : 0) == 0;
    }

    /// <summary>
    /// Returns how a process ended that other code reaped, or that the kernel reaped because SIGCHLD is ignored (PIDFD_GET_INFO with PIDFD_INFO_EXIT,
    /// Linux 6.15); otherwise empty. The kernel reports it once the process is reaped, which is microseconds after its end.
    /// </summary>
    public static unsafe WaitStatus StatusOf(int descriptor)
    {
        for (var attempt = 0; attempt < InfoAttempts; attempt++)
        {
            var info = new Info { Mask = WantExit };
            if (Control(descriptor, GetInfo, &info) != 0)
            {
                break;
            }

            if ((info.Mask & WantExit) != 0)
            {
                // As wait(2) encodes it.
                var signal = info.ExitCode & 0x7f;
                return signal == 0 ? new WaitStatus((info.ExitCode >> 8) & 0xff, null) : new WaitStatus(null, signal);
            }

            Thread.Sleep(1);
        }

        return default;
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static unsafe partial int Control(int descriptor, nuint request, Info* info);

    /// <summary>struct pidfd_info, first version (include/uapi/linux/pidfd.h).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Info
    {
        [FieldOffset(0)]
        public ulong Mask;

        [FieldOffset(60)]
        public int ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint argument1, nint argument2);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint argument1, nint argument2, nint argument3, nint argument4);
}

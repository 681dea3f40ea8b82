using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>waitid(2): waits for one child without affecting other children.</summary>
internal static unsafe partial class ChildStatus
{
    private const int ByPid = 1;
    private const int NoHang = 1;
    private const int Exited = 4;
    private const int ReasonExited = 1;
    private const int ReasonAt = 2;

    private static int KeepZombie => OperatingSystem.IsLinux() ? 0x01000000 : 0x20;

    // siginfo_t begins with signo, errno, code. Then on 64-bit Linux a gap, pid, uid and status; on macOS pid, uid and status without a gap.
    private static int StatusAt => OperatingSystem.IsLinux() ? 6 : 5;

    /// <summary>Returns whether the child has ended. It stays a zombie, so that its process id and group are not reused yet.</summary>
    public static bool HasEnded(int processId) => TryWait(processId, NoHang | KeepZombie, out _) is not Outcome.Running;

    /// <summary>Reaps the child. The status is empty if other code of this process (a waitpid(-1), SIGCHLD ignored) was faster.</summary>
    public static bool TryReap(int processId, out WaitStatus status) => TryWait(processId, NoHang, out status) is not Outcome.Running;

    private static Outcome TryWait(int processId, int options, out WaitStatus status)
    {
        var info = stackalloc int[32];
        status = default;
        while (true)
        {
            new Span<int>(info, 32).Clear();
            if (waitid(ByPid, processId, info, Exited | options) == 0)
            {
                if (info[0] == 0)
                {
                    return Outcome.Running;
                }

                status = info[ReasonAt] == ReasonExited ? new WaitStatus(info[StatusAt], null) : new WaitStatus(null, info[StatusAt] & 0x7f);
                return Outcome.Ended;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.Interrupted:
                    continue;
                case Errno.NoChild:
                    return Outcome.NotOurs;
                case var error:
                    throw new Win32Exception(error);
            }
        }
    }

    private enum Outcome
    {
        Running,
        Ended,
        NotOurs,
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int type, int id, int* info, int options);
}

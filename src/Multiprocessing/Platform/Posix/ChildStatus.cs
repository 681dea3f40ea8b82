using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>waitid(2): waiting for one child without touching anybody else's.</summary>
internal static unsafe partial class ChildStatus
{
    private const int ByPid = 1;
    private const int NoHang = 1;
    private const int Exited = 4;
    private const int KeepZombie = 0x01000000;
    private const int EINTR = 4;
    private const int ECHILD = 10;
    private const int ReasonExited = 1;

    /// <summary>Whether the child has ended; it stays a zombie, so that its process id and group cannot be reused yet.</summary>
    public static bool HasEnded(int processId) => TryWait(processId, NoHang | KeepZombie, out _) is not Outcome.Running;

    /// <summary>Reaps the child. The status is empty when somebody else in this process (a waitpid(-1), SIGCHLD ignored) was faster.</summary>
    public static bool TryReap(int processId, out WaitStatus status) => TryWait(processId, NoHang, out status) is not Outcome.Running;

    private static Outcome TryWait(int processId, int options, out WaitStatus status)
    {
        // siginfo_t: signo, errno, code, (pad), pid, uid, status at 24 on 64-bit Linux.
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

                status = info[2] == ReasonExited ? new WaitStatus(info[6], null) : new WaitStatus(null, info[6] & 0x7f);
                return Outcome.Ended;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case EINTR:
                    continue;
                case ECHILD:
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

using System.Runtime.InteropServices;
using Multiprocessing.Platform.Linux;

namespace Multiprocessing.Platform.Posix;

/// <summary>kill(2) and related calls.</summary>
internal static partial class PosixSignals
{
    /// <summary>
    /// Sends a signal to one process. Returns <see langword="false"/> if the process does not exist or belongs to another user.
    /// </summary>
    public static bool Send(int processId, int signal) => kill(processId, signal) == 0 || TryOtherWay(processId, signal, isGroup: false);

    /// <summary>Returns whether there is such a process, also a zombie, and also one of another user.</summary>
    public static bool Exists(int processId) => kill(processId, 0) == 0 || Marshal.GetLastPInvokeError() != Errno.NoSuchProcess;

    /// <summary>Sends a signal to every process of a group.</summary>
    public static bool SendToGroup(int groupId, int signal) => kill(-groupId, signal) == 0 || TryOtherWay(groupId, signal, isGroup: true);

    public static int OwnGroup => getpgrp();

    /// <summary>The current parent of this process: an orphan has a new one.</summary>
    public static int ParentId => getppid();

    /// <summary>Ends this process by the signal's default action, so that the parent sees the signal and no exit code.</summary>
    public static void DieBy(int signalNumber)
    {
        _ = signal(signalNumber, 0);
        if (!Send(Environment.ProcessId, signalNumber))
        {
            _ = raise(signalNumber); // another system call, to this thread
            Exit(128 + signalNumber);
        }
    }

    /// <summary>Ends this process with a code. No other code of it runs any more.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Exit(int code);

    /// <summary>A sandbox (seccomp) may refuse kill(2) alone.</summary>
    private static bool TryOtherWay(int processId, int signal, bool isGroup) =>
        OperatingSystem.IsLinux() && Marshal.GetLastPInvokeError() is not Errno.NoSuchProcess && PidFd.TrySend(processId, signal, isGroup);

    /// <summary>
    /// Returns whether the signal reports a crash and not a request from outside: illegal instruction, trap, abort, bus error, arithmetic error,
    /// segmentation fault, bad system call.
    /// </summary>
    public static bool IsCrash(int signal) =>
        OperatingSystem.IsLinux() ? signal is 4 or 5 or 6 or 7 or 8 or 11 or 31 : signal is 4 or 5 or 6 or 7 or 8 or 10 or 11 or 12;

    /// <summary>
    /// Returns the name of the signal: from signal(7) on x64 and arm64, where signals above 31 are real-time signals without names, and from
    /// sys/signal.h of macOS where that differs.
    /// </summary>
    public static string NameOf(int signal) => (signal, OperatingSystem.IsMacOS()) switch
    {
        (1, _) => "SIGHUP",
        (2, _) => "SIGINT",
        (3, _) => "SIGQUIT",
        (4, _) => "SIGILL",
        (5, _) => "SIGTRAP",
        (6, _) => "SIGABRT",
        (7, false) or (10, true) => "SIGBUS",
        (8, _) => "SIGFPE",
        (9, _) => "SIGKILL",
        (10, false) or (30, true) => "SIGUSR1",
        (11, _) => "SIGSEGV",
        (12, false) or (31, true) => "SIGUSR2",
        (13, _) => "SIGPIPE",
        (14, _) => "SIGALRM",
        (15, _) => "SIGTERM",
        (24, _) => "SIGXCPU",
        (25, _) => "SIGXFSZ",
        (31, false) or (12, true) => "SIGSYS",
        _ => $"signal {signal}",
    };

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial int getpgrp();

    [LibraryImport("libc")]
    private static partial int getppid();

    [LibraryImport("libc")]
    private static partial int raise(int signal);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);
}

using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>kill(2) and what belongs to it.</summary>
internal static partial class PosixSignals
{
    /// <summary>Sends a signal to one process; <see langword="false"/> when it does not exist or is somebody else's.</summary>
    public static bool Send(int processId, int signal) => kill(processId, signal) == 0;

    /// <summary>Sends a signal to every process of a group.</summary>
    public static bool SendToGroup(int groupId, int signal) => kill(-groupId, signal) == 0;

    public static int OwnGroup => getpgrp();

    /// <summary>Ends this process by the signal's default action, so that the parent sees the signal and no exit code.</summary>
    public static void DieBy(int signalNumber)
    {
        _ = signal(signalNumber, 0);
        _ = kill(Environment.ProcessId, signalNumber);
    }

    /// <summary>A crash, as opposed to a request from outside: illegal instruction, trap, abort, bus error, arithmetic, segmentation, bad system call.</summary>
    public static bool IsCrash(int signal) => signal is 4 or 5 or 6 or 7 or 8 or 11 or 31;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial int getpgrp();

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);
}

using Multiprocessing.Platform.Posix;

namespace Multiprocessing.Platform;

/// <summary>What is sent to a process to interrupt or end it.</summary>
internal static class Signals
{
    // The same numbers on all systems that have signals.
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>The group that this process belongs to.</summary>
    public static int OwnGroup => PosixSignals.OwnGroup;

    /// <summary>Sends a signal to one process; <see langword="false"/> when it does not exist or is somebody else's.</summary>
    public static bool Send(int processId, int signal) => PosixSignals.Send(processId, signal);

    /// <summary>Sends a signal to every process of a group.</summary>
    public static bool SendToGroup(int groupId, int signal) => PosixSignals.SendToGroup(groupId, signal);

    /// <summary>Ends this process in the way that the signal ends one, so that the parent sees the signal and no exit code.</summary>
    public static void DieBy(int signal) => PosixSignals.DieBy(signal);

    /// <summary>A crash, as opposed to a request from outside: illegal instruction, trap, abort, bus error, arithmetic, segmentation, bad system call.</summary>
    public static bool IsCrash(int signal) => PosixSignals.IsCrash(signal);

    /// <summary>The signal's name such as <c>SIGKILL</c>.</summary>
    public static string NameOf(int signal) => PosixSignals.NameOf(signal);
}

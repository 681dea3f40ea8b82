using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>What is sent to a process to interrupt or end it.</summary>
internal static class Signals
{
    // The same numbers on all systems that have signals.
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>The group that this process belongs to; 0 where groups cannot be asked for.</summary>
    public static int OwnGroup => OperatingSystem.IsWindows() ? 0 : PosixSignals.OwnGroup;

    /// <summary>
    /// Sends a signal to one process; <see langword="false"/> when it does not exist, is somebody else's, or the system has no such signal. Windows can only end a child, with
    /// all that it started, or this process itself.
    /// </summary>
    public static bool Send(int processId, int signal)
    {
        if (!OperatingSystem.IsWindows())
        {
            return PosixSignals.Send(processId, signal);
        }

        if (signal == Kill && processId == Environment.ProcessId)
        {
            OwnProcess.DieBy(signal);
        }

        return signal == Kill && StartedChildren.Kill(processId, signal);
    }

    /// <summary>Sends a signal to every process of a group.</summary>
    public static bool SendToGroup(int groupId, int signal) =>
        OperatingSystem.IsWindows() ? signal == Kill && StartedChildren.Kill(groupId, signal) : PosixSignals.SendToGroup(groupId, signal);

    /// <summary>Sends a signal to this process, for its handlers; <see langword="false"/> where the system has no signals, or refuses.</summary>
    public static bool TryRaise(int signal) => !OperatingSystem.IsWindows() && PosixSignals.Send(Environment.ProcessId, signal);

    /// <summary>Ends this process at once, by SIGKILL if the system lets it; a sandbox may refuse kill(2).</summary>
    public static void DieNow()
    {
        _ = Send(Environment.ProcessId, Kill);
        if (!OperatingSystem.IsWindows())
        {
            PosixSignals.Exit(128 + Kill); // the code that a shell gives to it
        }
    }

    /// <summary>Ends this process in the way that the signal ends one, so that the parent sees the signal and no exit code.</summary>
    public static void DieBy(int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            OwnProcess.DieBy(signal);
        }
        else
        {
            PosixSignals.DieBy(signal);
        }
    }

    /// <summary>A crash, as opposed to a request from outside: illegal instruction, trap, abort, bus error, arithmetic, segmentation, bad system call.</summary>
    public static bool IsCrash(int signal) => !OperatingSystem.IsWindows() && PosixSignals.IsCrash(signal);

    /// <summary>The name of an exit code with which the system ends a process that crashed, or <see langword="null"/>. Elsewhere than on Windows it has none, but signals.</summary>
    public static string? CrashNameOf(int code) => OperatingSystem.IsWindows() ? NtStatus.NameOf(code) : null;

    /// <summary>The signal's name such as <c>SIGKILL</c>.</summary>
    public static string NameOf(int signal) => PosixSignals.NameOf(signal);
}

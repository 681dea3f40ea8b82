using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Signals that interrupt or end a process.</summary>
internal static class Signals
{
    // The same numbers on all systems that have signals.
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>The process group of this process; 0 if the system has none.</summary>
    public static int OwnGroup => OperatingSystem.IsWindows() ? 0 : PosixSignals.OwnGroup;

    /// <summary>
    /// Sends a signal to one process. Returns <see langword="false"/> if the process does not exist, belongs to another user, or the system has no
    /// such signal. Windows can only end a child, with everything that it started, or this process itself.
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

    /// <summary>Sends a signal to this process, for its handlers. Returns <see langword="false"/> if the system has no signals or refuses.</summary>
    public static bool TryRaise(int signal) => !OperatingSystem.IsWindows() && PosixSignals.Send(Environment.ProcessId, signal);

    /// <summary>Ends this process at once, by SIGKILL if possible; a sandbox may refuse kill(2).</summary>
    public static void DieNow()
    {
        _ = Send(Environment.ProcessId, Kill);
        if (!OperatingSystem.IsWindows())
        {
            PosixSignals.Exit(128 + Kill); // the code that a shell reports for it
        }
    }

    /// <summary>Ends this process as the signal would, so that the parent sees the signal and no exit code.</summary>
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

    /// <summary>
    /// Returns whether the signal reports a crash and not a request from outside: illegal instruction, trap, abort, bus error, arithmetic error,
    /// segmentation fault, bad system call.
    /// </summary>
    public static bool IsCrash(int signal) => !OperatingSystem.IsWindows() && PosixSignals.IsCrash(signal);

    /// <summary>
    /// Returns the name of an exit code that the system sets for a crashed process, or <see langword="null"/>. Only Windows has such codes; other
    /// systems have signals.
    /// </summary>
    public static string? CrashNameOf(int code) => OperatingSystem.IsWindows() ? NtStatus.NameOf(code) : null;

    /// <summary>Returns the name of the signal, such as <c>SIGKILL</c>.</summary>
    public static string NameOf(int signal) => PosixSignals.NameOf(signal);
}

using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>
/// Identifies a process by its number and its start time, in the units of the system, so that a reused number is not mistaken for it.
/// </summary>
internal static class ProcessIdentity
{
    /// <summary>
    /// Returns whether the process exists and has not ended. A process that has ended and was not reaped (a zombie) has ended. If the answer is
    /// unknown, it is true: a wrong "true" makes a waiter wait, a wrong "false" lets two processes into one critical section.
    /// </summary>
    public static bool IsRunning(int processId, long startTime) =>
        OperatingSystem.IsLinux() ? ProcProcessIdentity.IsRunning(processId, startTime)
        : OperatingSystem.IsWindows() ? NtProcesses.IsRunning(processId, startTime)
        : !OperatingSystem.IsMacOS() || BsdProcessIdentity.IsRunning(processId, startTime);

    /// <summary>
    /// Returns whether the process runs (<see cref="IsRunning"/>) and has not begun to exit. A process closes its descriptors some time before it
    /// counts as ended: callers that noticed a closed socket use this method. Not for locks: another thread of an exiting process may still work for
    /// a moment.
    /// </summary>
    public static bool IsStaying(int processId, long startTime) =>
        OperatingSystem.IsLinux() ? ProcProcessIdentity.IsStaying(processId, startTime)
        : OperatingSystem.IsWindows() ? NtProcesses.IsRunning(processId, startTime)
        : !OperatingSystem.IsMacOS() || BsdProcessIdentity.IsStaying(processId, startTime);

    /// <summary>Identifies the set of processes that can address each other by number, as a part of a file name.</summary>
    public static string Namespace => OperatingSystem.IsLinux() ? ProcProcessIdentity.Namespace : "all";

    /// <summary>Returns the start time, also of a process that has ended and was not reaped, or 0 if there is no such process.</summary>
    public static long StartTimeOf(int processId) =>
        OperatingSystem.IsLinux() ? ProcProcessIdentity.StartTimeOf(processId)
        : OperatingSystem.IsWindows() ? NtProcesses.StartTimeOf(processId)
        : OperatingSystem.IsMacOS() ? BsdProcessIdentity.StartTimeOf(processId) : 0;

    /// <summary>Waits until the process has ended, and returns whether it has.</summary>
    public static bool WaitUntilGone(int processId, long startTime, int milliseconds)
    {
        using var exit = ChildWait.TryOpenExit(processId);

        // Opened first, checked second: if the number still belongs to the process, so does what was opened.
        if (exit is not null && IsRunning(processId, startTime))
        {
            _ = exit.WaitUntilReady(milliseconds);
        }
        else if (OperatingSystem.IsMacOS())
        {
            ProcessExit.Wait(processId, milliseconds);
        }
        else if (exit is null)
        {
            // The system does not report the end of a process that is not a child. It was killed, which takes microseconds.
            _ = SpinWait.SpinUntil(() => !IsRunning(processId, startTime), milliseconds);
        }

        return !IsRunning(processId, startTime);
    }

    /// <summary>Kills the process if the number still belongs to it, and its group if it leads one.</summary>
    public static void KillIfRunning(int processId, long startTime)
    {
        if (OperatingSystem.IsLinux())
        {
            ProcProcessIdentity.KillIfRunning(processId, startTime);
        }
        else if (OperatingSystem.IsWindows())
        {
            NtProcesses.KillIfRunning(processId, startTime);
        }
        else if (OperatingSystem.IsMacOS())
        {
            BsdProcessIdentity.KillIfRunning(processId, startTime);
        }
    }
}

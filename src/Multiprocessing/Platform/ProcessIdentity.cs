using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>A process named so that a reused number is not taken for it: by its number and its start time, in whatever units the system counts that.</summary>
internal static class ProcessIdentity
{
    /// <summary>
    /// The process exists and has not ended; one that has ended and was not reaped yet (a zombie) has ended. Where the answer cannot be had it is yes:
    /// a wrong yes makes somebody wait, a wrong no lets two processes into one critical section.
    /// </summary>
    public static bool IsRunning(int processId, long startTime) =>
        OperatingSystem.IsLinux() ? ProcProcessIdentity.IsRunning(processId, startTime)
        : OperatingSystem.IsWindows() ? NtProcesses.IsRunning(processId, startTime)
        : !OperatingSystem.IsMacOS() || BsdProcessIdentity.IsRunning(processId, startTime);

    /// <summary>
    /// <see cref="IsRunning"/>, and not on its way out. A process closes its descriptors some time before it counts as ended: whoever asks because
    /// a socket to it was closed asks this. Not for locks: another thread of a process that is ending may still be at work for a moment.
    /// </summary>
    public static bool IsStaying(int processId, long startTime) =>
        OperatingSystem.IsLinux() ? ProcProcessIdentity.IsStaying(processId, startTime)
        : OperatingSystem.IsWindows() ? NtProcesses.IsRunning(processId, startTime)
        : !OperatingSystem.IsMacOS() || BsdProcessIdentity.IsStaying(processId, startTime);

    /// <summary>The processes that can name each other by number, as a part of a file's name.</summary>
    public static string Namespace => OperatingSystem.IsLinux() ? ProcProcessIdentity.Namespace : "all";

    /// <summary>The start time, also of a process that has ended and was not reaped, or 0 if there is no such process.</summary>
    public static long StartTimeOf(int processId) =>
        OperatingSystem.IsLinux() ? ProcProcessIdentity.StartTimeOf(processId)
        : OperatingSystem.IsWindows() ? NtProcesses.StartTimeOf(processId)
        : OperatingSystem.IsMacOS() ? BsdProcessIdentity.StartTimeOf(processId) : 0;

    /// <summary>Waits until the process is gone, and says whether it is.</summary>
    public static bool WaitUntilGone(int processId, long startTime, int milliseconds)
    {
        using var exit = ChildWait.TryOpenExit(processId);

        // Opened first, asked second: if the number is still that process's, then what was opened is, too.
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
            // Of a process that is no child, nothing tells the end; it was killed, which takes microseconds.
            _ = SpinWait.SpinUntil(() => !IsRunning(processId, startTime), milliseconds);
        }

        return !IsRunning(processId, startTime);
    }

    /// <summary>Kills the process if the number still is that process's, and its group if it leads one.</summary>
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

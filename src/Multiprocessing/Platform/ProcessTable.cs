using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Reads the system's information about processes.</summary>
internal static class ProcessTable
{
    /// <summary>Returns the figures of the process, or <see langword="null"/> if it does not exist.</summary>
    public static ProcStat? TryReadStat(int processId) =>
        OperatingSystem.IsLinux() ? ProcProcessTable.TryReadStat(processId)
        : OperatingSystem.IsWindows() ? NtProcesses.TryReadStat(processId)
        : OperatingSystem.IsMacOS() ? BsdProcessTable.TryReadStat(processId) : null;

    /// <summary>Returns whether <paramref name="processId"/> started this process and still runs.</summary>
    public static bool IsLivingParent(int processId) =>
        OperatingSystem.IsWindows()
            ? TryReadStat(Environment.ProcessId) is { } self && self.ParentId == processId
                && NtProcesses.IsRunning(processId, 0)
                && (ulong)NtProcesses.StartTimeOf(processId) <= self.StartTicks // on Windows an orphan keeps the number of its parent
            : PosixSignals.ParentId == processId;

    /// <summary>Returns every process below <paramref name="ancestor"/>, nearest first.</summary>
    public static IReadOnlyList<ProcStat> Descendants(int ancestor) =>
        OperatingSystem.IsLinux() ? ProcProcessTable.Descendants(ancestor)
        : OperatingSystem.IsWindows() ? NtProcesses.Descendants(ancestor)
        : OperatingSystem.IsMacOS() ? BsdProcessTable.Descendants(ancestor) : [];

    /// <summary>Returns the largest resident size so far in bytes, or 0 if the process has ended or the system does not keep the value.</summary>
    public static long PeakResidentBytes(int processId) =>
        OperatingSystem.IsLinux()
            ? ProcProcessTable.PeakResidentBytes(processId)
            : OperatingSystem.IsWindows() ? NtProcesses.PeakResidentBytes(processId)
            : 0;
}

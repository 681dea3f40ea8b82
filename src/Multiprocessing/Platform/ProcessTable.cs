using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>What the system knows of its processes.</summary>
internal static class ProcessTable
{
    /// <summary>The process's numbers, or <see langword="null"/> when it does not exist.</summary>
    public static ProcStat? TryReadStat(int processId) =>
        OperatingSystem.IsLinux() ? ProcProcessTable.TryReadStat(processId)
        : OperatingSystem.IsWindows() ? NtProcesses.TryReadStat(processId)
        : OperatingSystem.IsMacOS() ? BsdProcessTable.TryReadStat(processId) : null;

    /// <summary>Whether <paramref name="processId"/> started this process and runs still.</summary>
    public static bool IsLivingParent(int processId) =>
        OperatingSystem.IsWindows()
            ? TryReadStat(Environment.ProcessId) is { } self && self.ParentId == processId
                && NtProcesses.IsRunning(processId, 0) && (ulong)NtProcesses.StartTimeOf(processId) <= self.StartTicks // there an orphan keeps its parent's number
            : PosixSignals.ParentId == processId;

    /// <summary>Every process below <paramref name="ancestor"/>, nearest first.</summary>
    public static IReadOnlyList<ProcStat> Descendants(int ancestor) =>
        OperatingSystem.IsLinux() ? ProcProcessTable.Descendants(ancestor)
        : OperatingSystem.IsWindows() ? NtProcesses.Descendants(ancestor)
        : OperatingSystem.IsMacOS() ? BsdProcessTable.Descendants(ancestor) : [];

    /// <summary>The largest resident size so far in bytes, or 0 when the process is gone or the system does not keep it.</summary>
    public static long PeakResidentBytes(int processId) =>
        OperatingSystem.IsLinux() ? ProcProcessTable.PeakResidentBytes(processId) : OperatingSystem.IsWindows() ? NtProcesses.PeakResidentBytes(processId) : 0;
}

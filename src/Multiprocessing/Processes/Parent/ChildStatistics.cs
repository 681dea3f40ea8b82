using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The last scheduler figures of a child and the largest working set that was seen.</summary>
internal sealed class ChildStatistics
{
    private ProcStat? _last;
    private long _peak;

    public ProcessStatistics Read(int processId, bool hasExited)
    {
        if (!hasExited && ProcessTable.TryReadStat(processId) is { } current)
        {
            _last = current;
            _peak = Math.Max(Math.Max(_peak, current.ResidentBytes), ProcessTable.PeakResidentBytes(processId));
        }

        var stat = _last ?? default;
        return new ProcessStatistics
        {
            State = hasExited ? SchedulingState.Exited : StateOf(stat.State),
            UserProcessorTime = stat.UserTime,
            PrivilegedProcessorTime = stat.KernelTime,
            WorkingSet = stat.ResidentBytes,
            PeakWorkingSet = _peak,
            ThreadCount = hasExited ? 0 : stat.Threads,
        };
    }

    /// <summary>Keeps the figures that were read when the child had ended and was not reaped.</summary>
    public void SetLast(ProcStat? stat) => _last = stat ?? _last;

    public static SchedulingState StateOf(char state) => state switch
    {
        'R' => SchedulingState.Running,
        'S' or 'I' => SchedulingState.Sleeping,
        'D' => SchedulingState.DiskSleeping,
        'T' or 't' => SchedulingState.Stopped,
        'Z' or 'X' => SchedulingState.Zombie,
        _ => SchedulingState.Unknown,
    };
}

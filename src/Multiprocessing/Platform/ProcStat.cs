namespace Multiprocessing.Platform;

/// <summary>One look at a process. The state is a letter of proc(5), whatever the system says it with; '?' where it says nothing.</summary>
internal readonly record struct ProcStat(
    int ProcessId,
    char State,
    int ParentId,
    TimeSpan UserTime,
    TimeSpan KernelTime,
    int Threads,
    ulong StartTicks,
    long ResidentBytes);

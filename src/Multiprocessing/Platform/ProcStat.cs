namespace Multiprocessing.Platform;

/// <summary>A snapshot of a process. The state is a letter of proc(5) on every system; '?' if it is unknown.</summary>
internal readonly record struct ProcStat(
    int ProcessId,
    char State,
    int ParentId,
    TimeSpan UserTime,
    TimeSpan KernelTime,
    int Threads,
    ulong StartTicks,
    long ResidentBytes);

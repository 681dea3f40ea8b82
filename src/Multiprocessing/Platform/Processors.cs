using Multiprocessing.Platform.Linux;

namespace Multiprocessing.Platform;

/// <summary>What the machine's processors do at this moment.</summary>
internal static class Processors
{
    /// <summary>
    /// Returns the average number of threads that have used or waited for a processor in the last minute; <see langword="null"/> where the system has
    /// no such number.
    /// </summary>
    public static double? Load() => OperatingSystem.IsLinux() ? ProcLoad.LastMinute() : null;

    /// <summary>
    /// Returns whether work that is not urgent would take a processor from no other thread; <see langword="true"/> where the system does not say it.
    /// </summary>
    public static bool IsOneIdle() => !OperatingSystem.IsLinux() || ProcLoad.HasIdleProcessor();
}

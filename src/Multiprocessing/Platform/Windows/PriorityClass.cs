using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>Windows knows six classes of priority where others know forty grades of it; the highest, which starves the system's own, is none of ours.</summary>
[SupportedOSPlatform("windows")]
internal static class PriorityClass
{
    public static void Set(int processId, int nice) => StartedChildren.SetPriority(processId, nice switch
    {
        >= 10 => 0x40, // IDLE
        > 0 => 0x4000, // BELOW_NORMAL
        0 => 0x20, // NORMAL
        > -10 => 0x8000, // ABOVE_NORMAL
        _ => 0x80, // HIGH
    });
}

using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>
/// Windows has six priority classes where other systems have forty levels. The highest class is not used: it would starve threads of the system.
/// </summary>
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

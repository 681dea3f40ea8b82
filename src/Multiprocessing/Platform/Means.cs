using System.Runtime.Versioning;

namespace Multiprocessing.Platform;

/// <summary>
/// Which of the system's means this process uses. Decided before the first use and never again, so that compiled code holds the answers as constants.
/// </summary>
internal static class Means
{
    /// <summary>Set to true, the library does without what only one system has, on Linux too: slower, and for tests.</summary>
    public const string ForceSwitch = "Multiprocessing.ForcePortable";

    /// <summary>The same for programs whose configuration is not at hand; children are told by it, because all processes of a session must use the same means.</summary>
    public const string ForceVariable = "MULTIPROCESSING_FORCE_PORTABLE";

    public static readonly bool IsPortableForced =
        (AppContext.TryGetSwitch(ForceSwitch, out var isSwitchedOn) && isSwitchedOn) || Environment.GetEnvironmentVariable(ForceVariable) is "1";

    /// <summary>futex(2), pidfd_open(2), epoll(7), posix_fallocate(3), statvfs(3).</summary>
    [SupportedOSPlatformGuard("linux")]
    public static readonly bool UseLinux = OperatingSystem.IsLinux() && !IsPortableForced;

    /// <summary>os_sync_wait_on_address and its likes.</summary>
    [SupportedOSPlatformGuard("macos14.4")]
    public static readonly bool UseSharedAddressWait = OperatingSystem.IsMacOSVersionAtLeast(14, 4) && !IsPortableForced;

    /// <summary>The system cannot sleep on a word of shared memory, so sleepers are registered in a table of ours.</summary>
    public static bool ParksSleepers => !UseLinux && !UseSharedAddressWait;
}

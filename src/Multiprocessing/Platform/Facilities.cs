using System.Runtime.Versioning;

namespace Multiprocessing.Platform;

/// <summary>
/// The facilities of the system that this process uses. Decided before the first use and never changed: compiled code has the answers as constants.
/// </summary>
internal static class Facilities
{
    /// <summary>If true, the library does without the facilities of one system, also on Linux. Slower; for tests.</summary>
    public const string ForceSwitch = "Multiprocessing.ForcePortable";

    /// <summary>
    /// The same for programs whose configuration cannot be changed. Children inherit it, because all processes of a session must use the same
    /// facilities.
    /// </summary>
    public const string ForceVariable = "MULTIPROCESSING_FORCE_PORTABLE";

    public static readonly bool IsPortableForced =
        (AppContext.TryGetSwitch(ForceSwitch, out var isSwitchedOn) && isSwitchedOn) || Environment.GetEnvironmentVariable(ForceVariable) is "1";

    /// <summary>futex(2), pidfd_open(2), epoll(7), posix_fallocate(3), statvfs(3).</summary>
    [SupportedOSPlatformGuard("linux")]
    public static readonly bool UseLinux = OperatingSystem.IsLinux() && !IsPortableForced;

    /// <summary>os_sync_wait_on_address and its companions.</summary>
    [SupportedOSPlatformGuard("macos14.4")]
    public static readonly bool UseSharedAddressWait = OperatingSystem.IsMacOSVersionAtLeast(14, 4) && !IsPortableForced;

    /// <summary>The system cannot sleep on a word of shared memory, so the library keeps a table of the sleepers.</summary>
    public static bool ParksSleepers => !UseLinux && !UseSharedAddressWait;
}

using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.MacOS;

/// <summary>
/// os_sync_wait_on_address_with_timeout and the functions that wake (os/os_sync_wait_on_address.h, macOS 14.4), with the flag for memory that
/// processes share on both sides. They wake one sleeper or all, so waking a number of sleepers takes as many calls.
/// </summary>
[SupportedOSPlatform("macos14.4")]
internal static unsafe partial class SharedAddressWait
{
    private const nuint SizeOfWord = 4;
    private const uint Shared = 1;
    private const uint ByMachTime = 32; // OS_CLOCK_MACH_ABSOLUTE_TIME

    public static void Wait(int* word, int expected, TimeSpan timeout)
    {
        // The call fails with EINVAL for a time-out of zero. The caller checks again after any result.
        var time = TimeSpan.FromTicks(Math.Clamp(timeout.Ticks, 1, TimeSpan.FromDays(30).Ticks));
        _ = WaitOn(word, (uint)expected, SizeOfWord, Shared, ByMachTime, Math.Max(MachTime.FromTimeSpan(time), 1));
    }

    public static int Wake(int* word, int count)
    {
        if (count == int.MaxValue)
        {
            return WakeAll(word, SizeOfWord, Shared) == 0 ? 1 : 0;
        }

        var woken = 0;
        while (woken < count && WakeAny(word, SizeOfWord, Shared) == 0)
        {
            woken++;
        }

        return woken;
    }

    [LibraryImport("libSystem", EntryPoint = "os_sync_wait_on_address_with_timeout")]
    private static partial int WaitOn(int* word, ulong expected, nuint size, uint flags, uint clock, ulong timeout);

    [LibraryImport("libSystem", EntryPoint = "os_sync_wake_by_address_any")]
    private static partial int WakeAny(int* word, nuint size, uint flags);

    [LibraryImport("libSystem", EntryPoint = "os_sync_wake_by_address_all")]
    private static partial int WakeAll(int* word, nuint size, uint flags);
}

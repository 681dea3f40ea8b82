using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.MacOS;

/// <summary>mach_timebase_info: the length of one tick of the system's clock.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe partial class MachTime
{
    private static readonly (uint Numerator, uint Denominator) Base = Read();

    public static TimeSpan ToTimeSpan(ulong ticks) => TimeSpan.FromTicks((long)((UInt128)ticks * Base.Numerator / Base.Denominator / 100));

    public static ulong FromTimeSpan(TimeSpan time) => (ulong)((UInt128)(ulong)time.Ticks * 100 * Base.Denominator / Base.Numerator);

    private static (uint Numerator, uint Denominator) Read()
    {
        var info = stackalloc uint[2];
        _ = TimeBase(info);
        return (info[0], info[1]);
    }

    [LibraryImport("libSystem", EntryPoint = "mach_timebase_info")]
    private static partial int TimeBase(uint* info);
}

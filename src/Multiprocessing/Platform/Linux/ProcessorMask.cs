using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Linux;

/// <summary>sched_setaffinity(2).</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class ProcessorMask
{
    private const int MaskBytes = 128; // 1024 processors, the C library's cpu_set_t

    /// <summary>
    /// Runs <paramref name="action"/> with the calling thread bound to the processors. A process that it starts inherits them from its first
    /// instruction.
    /// </summary>
    public static T Use<T>(IReadOnlyCollection<int> processors, Func<T> action)
    {
        var before = stackalloc byte[MaskBytes];
        var wanted = stackalloc byte[MaskBytes];
        new Span<byte>(wanted, MaskBytes).Clear();
        foreach (var processor in processors)
        {
            wanted[processor / 8] |= (byte)(1 << (processor % 8));
        }

        Check(sched_getaffinity(0, MaskBytes, before));
        Check(sched_setaffinity(0, MaskBytes, wanted));
        try
        {
            return action();
        }
        finally
        {
            _ = sched_setaffinity(0, MaskBytes, before);
        }
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_getaffinity(int process, nuint size, byte* mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int process, nuint size, byte* mask);
}

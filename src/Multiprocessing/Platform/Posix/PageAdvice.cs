using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>What the system is told about the use of mapped pages. Advice never fails: a system that does not know it ignores it.</summary>
internal static unsafe partial class PageAdvice
{
    // MADV_POPULATE_WRITE, since Linux 5.14.
    private const int PopulateWrite = 23;

    /// <summary>Allocates and maps all pages for writing. Their content does not change.</summary>
    public static void Populate(byte* address, long size) => _ = Advise(address, (nint)size, PopulateWrite);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* address, nint length, int advice);
}

using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Linux;

/// <summary>statvfs(3). The first five fields of its result are words in glibc and musl on all 64-bit machines.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class Statvfs
{
    // struct statvfs has 112 bytes in glibc and musl. More room does no harm.
    private const int Words = 32;
    private const int FragmentSize = 1;
    private const int AvailableFragments = 4;

    /// <summary>
    /// Returns the number of bytes that this user may still write on the file system of <paramref name="path"/>, which must exist; 0 if it is
    /// unknown.
    /// </summary>
    public static long Available(string path)
    {
        var result = stackalloc ulong[Words];
        return Ask(path, result) == 0 ? (long)Math.Min(result[FragmentSize] * result[AvailableFragments], long.MaxValue) : 0;
    }

    [LibraryImport("libc", EntryPoint = "statvfs", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Ask(string path, ulong* result);
}

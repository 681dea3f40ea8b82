using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.MacOS;

/// <summary>lstat(2) with 64-bit inode numbers; on Intel the function has another name.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe partial class Lstat
{
    private const int SizeOfStat = 144;
    private const int OffsetOfOwner = 16;
    private const int OffsetOfInode = 8;
    private const int OffsetOfMode = 4;
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;

    public static uint CurrentUser { get; } = GetEffectiveUser();

    /// <inheritdoc cref="FileOwner.IsOurs"/>
    public static bool IsOurs(string path)
    {
        var result = stackalloc byte[SizeOfStat];
        var answer = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? AskIntel(path, result) : Ask(path, result);
        return answer == 0 && *(uint*)(result + OffsetOfOwner) == CurrentUser;
    }

    /// <summary>
    /// Returns device and inode of the working directory, which may have been deleted; <see langword="null"/> if the kernel does not report them.
    /// </summary>
    public static (ulong Device, ulong Inode)? OfCurrentDirectory()
    {
        var result = stackalloc byte[SizeOfStat];
        var answer = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? AskIntel(".", result) : Ask(".", result);
        return answer == 0 ? (*(uint*)result, *(ulong*)(result + OffsetOfInode)) : null;
    }

    /// <summary>Returns device and inode of a socket; <see langword="null"/> if there is no file, or if it is not a socket.</summary>
    public static (ulong Device, ulong Inode)? OfSocket(string path)
    {
        var result = stackalloc byte[SizeOfStat];
        var answer = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? AskIntel(path, result) : Ask(path, result);
        return answer == 0 && (*(ushort*)(result + OffsetOfMode) & TypeMask) == SocketType
            ? (*(uint*)result, *(ulong*)(result + OffsetOfInode))
            : null;
    }

    [LibraryImport("libSystem", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libSystem", EntryPoint = "lstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Ask(string path, byte* result);

    [LibraryImport("libSystem", EntryPoint = "lstat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AskIntel(string path, byte* result);
}

using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>Memory with a name and no file, zero at first, which goes with the last process that has it mapped.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class PageFileSection
{
    private const uint PageReadWrite = 4;
    private const uint MapReadWrite = 6;
    private const nint PageFile = -1;

    /// <summary>Maps it, made if it is not there and <paramref name="create"/> says so, or returns <see langword="null"/>.</summary>
    public static byte* Open(string name, long size, bool create)
    {
        using var section = new OwnedHandle(create ? CreateFileMapping(PageFile, 0, PageReadWrite, 0, (uint)size, name) : OpenFileMapping(MapReadWrite, 0, name));
        return section.IsInvalid ? null : MapViewOfFile(section.Value, MapReadWrite, 0, 0, (nuint)size);
    }

    [LibraryImport("kernel32", EntryPoint = "CreateFileMappingW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateFileMapping(nint file, nint security, uint protection, uint sizeHigh, uint sizeLow, string name);

    [LibraryImport("kernel32", EntryPoint = "OpenFileMappingW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint OpenFileMapping(uint access, int inherit, string name);

    [LibraryImport("kernel32", EntryPoint = "MapViewOfFile")]
    private static partial byte* MapViewOfFile(nint section, uint access, uint offsetHigh, uint offsetLow, nuint size);
}

using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>
/// Memory with a name and no file, zero at first, committed as a whole. Its name goes with its last handle, even while it is mapped: the next one of that name would be other
/// memory. So a handle is kept open for as long as each mapping.
/// </summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class PageFileSection
{
    private const uint PageReadWrite = 4;
    private const uint MapReadWrite = 6;
    private const nint PageFile = -1;

    private static readonly ConcurrentDictionary<nint, OwnedHandle> Mapped = new();

    /// <summary>Invalid if there is no memory for it; if one of that name is there, that.</summary>
    public static OwnedHandle Create(string name, long size) => new(CreateFileMapping(PageFile, 0, PageReadWrite, (uint)(size >> 32), (uint)size, name));

    /// <summary>Invalid if there is none of that name.</summary>
    public static OwnedHandle Open(string name) => new(OpenFileMapping(MapReadWrite, 0, name));

    /// <summary>Maps it and has its handle from then on; <see langword="null"/>, and the handle stays the caller's, if there is no room among this process's addresses.</summary>
    public static byte* Map(OwnedHandle section, long size)
    {
        var address = MapViewOfFile(section.Value, MapReadWrite, 0, 0, (nuint)size);
        if (address != null)
        {
            Mapped[(nint)address] = section;
        }

        return address;
    }

    public static void Unmap(byte* address)
    {
        // Out of the table first: the address is given to another mapping as soon as it is free.
        if (Mapped.TryRemove((nint)address, out var section))
        {
            _ = UnmapViewOfFile(address);
            section.Dispose();
        }
    }

    [LibraryImport("kernel32", EntryPoint = "CreateFileMappingW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateFileMapping(nint file, nint security, uint protection, uint sizeHigh, uint sizeLow, string name);

    [LibraryImport("kernel32", EntryPoint = "OpenFileMappingW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint OpenFileMapping(uint access, int inherit, string name);

    [LibraryImport("kernel32", EntryPoint = "MapViewOfFile", SetLastError = true)]
    private static partial byte* MapViewOfFile(nint section, uint access, uint offsetHigh, uint offsetLow, nuint size);

    [LibraryImport("kernel32", EntryPoint = "UnmapViewOfFile")]
    private static partial int UnmapViewOfFile(byte* address);
}

using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>
/// Named memory without a file, initially zero, committed as a whole. The name disappears with the last handle, even while the memory is mapped: the
/// next section with that name would be other memory. So each mapping keeps a handle open.
/// </summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class PageFileSection
{
    private const uint PageReadWrite = 4;
    private const uint MapReadWrite = 6;
    private const nint PageFile = -1;

    private static readonly ConcurrentDictionary<nint, OwnedHandle> Mapped = new();

    /// <summary>Creates the section, or opens an existing one with that name. The result is invalid if there is not enough memory.</summary>
    public static OwnedHandle Create(string name, long size) =>
        new(CreateFileMapping(PageFile, 0, PageReadWrite, (uint)(size >> 32), (uint)size, name));

    /// <summary>Opens the section. The result is invalid if there is none with that name.</summary>
    public static OwnedHandle Open(string name) => new(OpenFileMapping(MapReadWrite, 0, name));

    /// <summary>
    /// Maps the section and owns its handle from then on. Returns <see langword="null"/> if there is no room in the address space; then the caller
    /// keeps the handle.
    /// </summary>
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
        // First removed from the table: the address may be reused as soon as it is free.
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

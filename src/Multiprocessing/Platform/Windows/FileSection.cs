using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>
/// Files in the temp directory, mapped (CreateFileMappingW). Named sections of the page file would go with their last handle: a queue whose handle lies in another queue while its
/// creator and its sender are dead would be gone. The files are marked temporary, so they are written to the disk only when memory is short.
/// </summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class FileSection
{
    private const uint ReadWriteAccess = 0xC0000000;
    private const uint ShareAll = 7;
    private const uint CreateNew = 1;
    private const uint OpenExisting = 3;
    private const uint Temporary = 0x100 | 0x2000; // FILE_ATTRIBUTE_TEMPORARY | NOT_CONTENT_INDEXED
    private const uint PageReadWrite = 4;
    private const uint MapReadWrite = 6;
    private const nint InvalidHandle = -1;

    /// <inheritdoc cref="MappedFile.Create"/>
    /// <remarks>A section cannot be longer than its file, so the file has the whole size from the beginning, and growing it does nothing.</remarks>
    public static int Create(string path, long mapSize, out byte* address)
    {
        var error = Map(path, CreateNew, mapSize, 0, out address);
        if (error is not (0 or MappedFile.Exists))
        {
            _ = DeleteFile(path);
        }

        return error;
    }

    /// <inheritdoc cref="MappedFile.OpenExisting"/>
    public static int Open(string path, long mapSize, out byte* address, long leastSize) => Map(path, OpenExisting, mapSize, Math.Max(leastSize, 1), out address);

    public static void Unmap(byte* address) => _ = UnmapViewOfFile(address);

    /// <summary>Deletes the file if nobody has it mapped; else it goes with its directory, when the next session begins at the latest.</summary>
    public static void Delete(string path) => _ = DeleteFile(path);

    private static int Map(string path, uint disposition, long mapSize, long leastSize, out byte* address)
    {
        address = null;
        using var file = new OwnedHandle(CreateFile(path, ReadWriteAccess, ShareAll, 0, disposition, Temporary, 0));
        if (file.IsInvalid)
        {
            return Translate(Marshal.GetLastPInvokeError());
        }

        if (leastSize > 0 && (GetFileSize(file.Value, out var size) == 0 || size < leastSize))
        {
            return MappedFile.NoEntry;
        }

        using var section = new OwnedHandle(CreateFileMapping(file.Value, 0, PageReadWrite, (uint)(mapSize >> 32), (uint)mapSize, null));
        if (section.IsInvalid)
        {
            return Translate(Marshal.GetLastPInvokeError());
        }

        address = MapViewOfFile(section.Value, MapReadWrite, 0, 0, (nuint)mapSize);
        return address != null ? 0 : Translate(Marshal.GetLastPInvokeError());
    }

    private static int Translate(int error) => error switch
    {
        Win32.FileNotFound or Win32.PathNotFound => MappedFile.NoEntry,
        Win32.NotEnoughMemory or Win32.OutOfMemory or Win32.CommitmentLimit => MappedFile.OutOfMemory,
        Win32.DiskFull => MappedFile.NoSpace,
        80 => MappedFile.Exists,
        _ => error,
    };

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", EntryPoint = "GetFileSizeEx", SetLastError = true)]
    private static partial int GetFileSize(nint file, out long size);

    [LibraryImport("kernel32", EntryPoint = "CreateFileMappingW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateFileMapping(nint file, nint security, uint protection, uint sizeHigh, uint sizeLow, string? name);

    [LibraryImport("kernel32", EntryPoint = "MapViewOfFile", SetLastError = true)]
    private static partial byte* MapViewOfFile(nint section, uint access, uint offsetHigh, uint offsetLow, nuint size);

    [LibraryImport("kernel32", EntryPoint = "UnmapViewOfFile")]
    private static partial int UnmapViewOfFile(byte* address);

    [LibraryImport("kernel32", EntryPoint = "DeleteFileW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial int DeleteFile(string path);
}

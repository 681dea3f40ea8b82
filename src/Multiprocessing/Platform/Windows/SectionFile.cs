using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Platform.Windows;

/// <summary>
/// Shared memory as a small file that names a section of the page file. A file that is itself mapped could be neither deleted nor created again while
/// a process maps it, and its pages would be written to the disk. A section alone would not be in a directory.
/// <para>
/// A section disappears with its last handle, so the root of the session receives one (<see cref="KeptHandle"/>), and the file records its value. If
/// the process is killed while it creates one, a file that names nothing remains, or a section that stays until the root ends. If it is killed while
/// it deletes one: the file is deleted before the root's handle is closed, so no value is closed twice; the section stays until the root ends.
/// </para>
/// </summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class SectionFile
{
    private const uint GenericWrite = 0x40000000;
    private const uint ShareAll = 7;
    private const uint CreateNew = 1;
    private const uint Temporary = 0x100 | 0x2000; // FILE_ATTRIBUTE_TEMPORARY | NOT_CONTENT_INDEXED: in memory while there is enough

    /// <inheritdoc cref="MappedFile.Create"/>
    /// <remarks>
    /// The section has its full size from the beginning, and growing it does nothing: pages that were never accessed cost no memory.
    /// </remarks>
    public static int Create(string path, long mapSize, MemoryKeeper keeper, out byte* address)
    {
        address = null;
        using var file = new SafeFileHandle(CreateFile(path, GenericWrite, ShareAll, 0, CreateNew, Temporary, 0), ownsHandle: true);
        if (file.IsInvalid)
        {
            return Translate(Marshal.GetLastPInvokeError());
        }

        var error = Fill(file, mapSize, keeper, out address);
        if (error != 0)
        {
            _ = DeleteFile(path);
        }

        return error;
    }

    /// <inheritdoc cref="MappedFile.OpenExisting"/>
    public static int Open(string path, long mapSize, out byte* address, long leastSize)
    {
        address = null;
        if (TryRead(path) is not { } content || content.Size < leastSize)
        {
            return MappedFile.NoEntry;
        }

        var section = PageFileSection.Open(NameOf(content.Id));
        return section.IsInvalid ? Translate(Marshal.GetLastPInvokeError()) : Map(section, mapSize, out address);
    }

    /// <inheritdoc cref="MappedFile.Delete"/>
    public static void Delete(string path)
    {
        var content = TryRead(path);
        if (DeleteFile(path) != 0 && content is { Given: not 0 } kept)
        {
            KeptHandle.TakeBack(kept.Keeper, kept.Given);
        }
    }

    private static int Fill(SafeFileHandle file, long mapSize, MemoryKeeper keeper, out byte* address)
    {
        address = null;
        var id = Guid.NewGuid();
        var section = PageFileSection.Create(NameOf(id), mapSize);
        if (section.IsInvalid)
        {
            return Marshal.GetLastPInvokeError() is Win32.NotEnoughMemory or Win32.CommitmentLimit
                ? MappedFile.NoSpace
                : Translate(Marshal.GetLastPInvokeError());
        }

        var error = Map(section, mapSize, out address);
        nint given = 0;
        if (error == 0)
        {
            error = KeptHandle.Give(keeper, section, out given);
        }

        if (error == 0)
        {
            var content = new Content(id, mapSize, keeper, given);
            error = WriteFile(file, &content, sizeof(Content), out _, 0) != 0 ? 0 : Translate(Marshal.GetLastPInvokeError());
        }

        if (error != 0 && address != null)
        {
            PageFileSection.Unmap(address);
            address = null;
        }

        if (error != 0 && given != 0)
        {
            KeptHandle.TakeBack(keeper, given);
        }

        return error;
    }

    private static int Map(OwnedHandle section, long mapSize, out byte* address)
    {
        address = PageFileSection.Map(section, mapSize);
        if (address != null)
        {
            return 0;
        }

        var error = Translate(Marshal.GetLastPInvokeError());
        section.Dispose();
        return error;
    }

    /// <summary>
    /// Returns <see langword="null"/> if there is no file, or it is not of this kind, or its writer was killed before the end.
    /// </summary>
    private static Content? TryRead(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            var content = default(Content);
            var bytes = MemoryMarshal.AsBytes(new Span<Content>(ref content));
            return RandomAccess.Read(file, bytes, 0) == bytes.Length ? content : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Deleted, or being deleted: a file that is deleted while another process has it open cannot be opened any more.
            return null;
        }
    }

    private static string NameOf(Guid id) => $@"Local\mp-{id:N}";

    private static int Translate(int error) => error switch
    {
        Win32.FileNotFound or Win32.PathNotFound => MappedFile.NoEntry,
        Win32.NotEnoughMemory or Win32.OutOfMemory or Win32.CommitmentLimit => MappedFile.OutOfMemory,
        Win32.DiskFull => MappedFile.NoSpace,
        Win32.FileExists => MappedFile.Exists,
        _ => error,
    };

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", EntryPoint = "WriteFile", SetLastError = true)]
    private static partial int WriteFile(SafeFileHandle file, void* data, int size, out int written, nint operation);

    [LibraryImport("kernel32", EntryPoint = "DeleteFileW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial int DeleteFile(string path);

    /// <summary>The contents of the file.</summary>
    private readonly record struct Content(Guid Id, long Size, MemoryKeeper Keeper, nint Given);
}

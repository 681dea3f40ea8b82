using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>Files mapped as shared and writable. Every method returns 0 or errno. A method that fails leaves nothing behind.</summary>
internal static unsafe partial class SharedMapping
{

    private const int ProtectReadWrite = 3;
    private const int MapShared = 1;
    private const int SeekEnd = 2;

    // A signal makes tmpfs undo the whole call and return EINTR, and the runtime signals its threads at every garbage collection: small pieces
    // succeed.
    private const long AllocationPiece = 4L << 20;

    /// <summary>
    /// Creates the file and allocates all its bytes, so that a full file system is an error here and not a SIGBUS at the first access. Maps
    /// <paramref name="mapSize"/> bytes of address space, which may be more than <paramref name="size"/> if the file will grow.
    /// </summary>
    public static int Create(string path, long size, long mapSize, out byte* address)
    {
        address = null;
        var file = OwnFile.Open(path, OpenFlags.Create | OpenFlags.Exclusive);
        if (file < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        var error = Allocate(file, 0, size);
        if (error == 0)
        {
            error = Map(file, mapSize, out address);
        }

        _ = FileOpen.Close(file);
        if (error != 0)
        {
            _ = Unlink(path);
        }

        return error;
    }

    /// <summary>
    /// Maps an existing file. A file smaller than <paramref name="leastSize"/> bytes counts as missing, because the first access could cause a
    /// SIGBUS.
    /// </summary>
    public static int OpenExisting(string path, long mapSize, out byte* address, long leastSize = 0)
    {
        address = null;
        var file = FileOpen.Open(path, OpenFlags.ReadWrite | OpenFlags.CloseOnExec);
        if (file < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        var error = leastSize > 0 && Seek(file, 0, SeekEnd) < leastSize ? MappedFile.NoEntry : Map(file, mapSize, out address);
        _ = FileOpen.Close(file);
        return error;
    }

    /// <summary>
    /// Allocates the bytes from <paramref name="from"/> to <paramref name="to"/>. Mappings that include them may use them afterwards.
    /// </summary>
    public static int Grow(string path, long from, long to)
    {
        var file = FileOpen.Open(path, OpenFlags.ReadWrite | OpenFlags.CloseOnExec);
        if (file < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        var error = Allocate(file, from, to);
        _ = FileOpen.Close(file);
        return error;
    }

    public static void Unmap(byte* address, long size) => MemoryUnmap(address, (nint)size);

    /// <summary>Deletes the file. A missing file is not an error.</summary>
    public static void Delete(string path) => _ = Unlink(path);

    private static int Allocate(int file, long from, long to)
    {
        if (!Facilities.UseLinux)
        {
            return ZeroFill.Write(file, from, to);
        }

        while (from < to)
        {
            var piece = Math.Min(AllocationPiece, to - from);
            switch (PosixAllocate(file, (nint)from, (nint)piece))
            {
                case 0:
                    from += piece;
                    break;
                case Errno.Interrupted:
                    break;
                case var error when Errno.IsNotSupported(error):
                    return ZeroFill.Write(file, from, to);
                case var error:
                    return error;
            }
        }

        return 0;
    }

    private static int Map(int file, long size, out byte* address)
    {
        address = MemoryMap(null, (nint)size, ProtectReadWrite, MapShared, file, 0);
        if (address != (byte*)-1)
        {
            return 0;
        }

        address = null;
        return Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "unlink", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int PosixAllocate(int file, nint offset, nint length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* MemoryMap(byte* hint, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial long Seek(int file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MemoryUnmap(byte* address, nint length);
}

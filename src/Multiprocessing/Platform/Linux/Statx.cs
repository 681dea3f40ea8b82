using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Linux;

/// <summary>The owner of a file. Session directories are in directories where every user may write, so a name alone proves nothing.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class Statx
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint WantOwner = 0x8;
    private const int SizeOfStatx = 256;
    private const int OffsetOfOwner = 20;
    private const uint WantInode = 0x100;
    private const int OffsetOfInode = 32;
    private const int OffsetOfDevice = 136;
    private const uint WantType = 0x1;
    private const int OffsetOfMode = 28;
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;

    public static uint CurrentUser { get; } = GetEffectiveUser();

    /// <summary>Returns whether the file exists, is not a symbolic link, and belongs to the user of this process.</summary>
    public static bool IsOurs(string path)
    {
        Span<byte> buffer = stackalloc byte[SizeOfStatx];
        fixed (byte* result = buffer)
        {
            return Ask(CurrentDirectory, path, NoFollow, WantOwner, result) == 0
                && BinaryPrimitives.ReadUInt32LittleEndian(buffer[OffsetOfOwner..]) == CurrentUser;
        }
    }

    /// <summary>
    /// Returns device and inode of the working directory, which may have been deleted; <see langword="null"/> if the kernel does not report them.
    /// </summary>
    public static (ulong Device, ulong Inode)? OfCurrentDirectory()
    {
        Span<byte> buffer = stackalloc byte[SizeOfStatx];
        fixed (byte* result = buffer)
        {
            return Ask(CurrentDirectory, ".", 0, WantInode, result) == 0
                ? (BinaryPrimitives.ReadUInt64LittleEndian(buffer[OffsetOfDevice..]),
                    BinaryPrimitives.ReadUInt64LittleEndian(buffer[OffsetOfInode..]))
                : null;
        }
    }

    /// <summary>Returns device and inode of a socket; <see langword="null"/> if there is no file, or if it is not a socket.</summary>
    public static (ulong Device, ulong Inode)? OfSocket(string path)
    {
        Span<byte> buffer = stackalloc byte[SizeOfStatx];
        fixed (byte* result = buffer)
        {
            return Ask(CurrentDirectory, path, NoFollow, WantType | WantInode, result) == 0
                && (BinaryPrimitives.ReadUInt16LittleEndian(buffer[OffsetOfMode..]) & TypeMask) == SocketType
                ? (BinaryPrimitives.ReadUInt64LittleEndian(buffer[OffsetOfDevice..]),
                    BinaryPrimitives.ReadUInt64LittleEndian(buffer[OffsetOfInode..]))
                : null;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Ask(int directory, string path, int flags, uint mask, byte* result);
}

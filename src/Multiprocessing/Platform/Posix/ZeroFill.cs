using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>
/// Allocates the bytes of a file by writing them, where posix_fallocate(3) is missing (macOS), or is refused by the file system, by a seccomp filter,
/// or by a kernel that does not know it (gVisor). No process may use these bytes yet.
/// </summary>
internal static unsafe partial class ZeroFill
{
    private const int PieceSize = 64 * 1024;

    private static readonly byte[] Zeros = new byte[PieceSize];

    /// <summary>Returns 0 or errno. A full file system is reported here; after a short write, at the next one.</summary>
    public static int Write(int file, long from, long to)
    {
        fixed (byte* zeros = Zeros)
        {
            while (from < to)
            {
                var written = WriteAt(file, zeros, (nuint)Math.Min(PieceSize, to - from), from);
                if (written > 0)
                {
                    from += written;
                }
                else if (Marshal.GetLastPInvokeError() is var error and not Errno.Interrupted)
                {
                    return error;
                }
            }
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint WriteAt(int file, byte* data, nuint count, long offset);
}

using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>
/// Files that their owner alone may read and write, whatever the umask is. The umask is the program's, or of whoever started it: one that takes rights away from the owner too (0277, 0777)
/// would leave files that no later program of the user could open.
/// </summary>
internal static partial class OwnFile
{
    private const uint OwnerOnly = 0x180;

    /// <summary>Opens for reading and writing; the descriptor is the caller's to close, or -1, with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="flags">With <see cref="OpenFlags.Create"/> it is made if it is not there, with <see cref="OpenFlags.Exclusive"/> as well only if it is not.</param>
    public static int Open(string path, int flags)
    {
        flags |= OpenFlags.ReadWrite | OpenFlags.CloseOnExec;
        var file = FileOpen.Open(path, flags, OpenFlags.OwnerOnly);
        if (file < 0 && Marshal.GetLastPInvokeError() == Errno.NoAccess)
        {
            // Its maker is between the two calls below, was killed there, or is an older build: the rights are the owner's to give.
            if (!FileOwner.IsOurs(path) || ChangeMode(path, OwnerOnly) != 0)
            {
                Marshal.SetLastPInvokeError(Errno.NoAccess);
                return -1;
            }

            file = FileOpen.Open(path, flags, OpenFlags.OwnerOnly);
        }

        if (file >= 0 && (flags & OpenFlags.Create) != 0)
        {
            _ = ChangeMode(file, OwnerOnly);
        }

        return file;
    }

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchmod")]
    private static partial int ChangeMode(int file, uint mode);
}

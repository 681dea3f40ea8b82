using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>
/// Files that only their owner may read and write, whatever the umask is. The program or its starter chose the umask: one that removes permissions of
/// the owner (0277, 0777) would leave files that no later program of the user could open.
/// </summary>
internal static partial class OwnFile
{
    private const uint OwnerOnly = 0x180;

    /// <summary>
    /// Opens the file for reading and writing. Returns the descriptor, which the caller closes, or -1; then <see cref="Marshal.GetLastPInvokeError"/>
    /// has the error.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="flags">
    /// With <see cref="OpenFlags.Create"/> a missing file is created; with <see cref="OpenFlags.Exclusive"/> as well, an existing file is an error.
    /// </param>
    public static int Open(string path, int flags)
    {
        flags |= OpenFlags.ReadWrite | OpenFlags.CloseOnExec;
        var file = FileOpen.Open(path, flags, OpenFlags.OwnerOnly);
        if (file < 0 && Marshal.GetLastPInvokeError() == Errno.NoAccess)
        {
            // The creator is between the two calls below, was killed there, or is an older build: the owner may set the permissions.
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

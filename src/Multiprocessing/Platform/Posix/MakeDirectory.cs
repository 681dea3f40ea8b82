using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>mkdir(2).</summary>
internal static partial class MakeDirectory
{
    private const int OwnerOnly = 0x1C0;

    /// <summary>Creates a directory that only its owner may enter. Its parent must exist.</summary>
    public static void One(string path)
    {
        if (MkDir(path, OwnerOnly) == 0)
        {
            _ = ChangeMode(path, OwnerOnly); // the umask may have removed permissions
        }
    }

    [LibraryImport("libc", EntryPoint = "mkdir", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkDir(string path, int mode);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);
}

namespace Multiprocessing.Platform;

/// <summary>Directories that only the user himself may enter.</summary>
internal static class PrivateDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Whether a directory can be renamed while files in it are open and mapped.</summary>
    public static bool CanMoveInUse => !OperatingSystem.IsWindows();

    /// <summary>Whether a file can be deleted, and its directory with it, while it is open.</summary>
    public static bool CanDeleteInUse => !OperatingSystem.IsWindows();

    /// <summary>What others than its owner may do with it, or <see langword="null"/>: nothing, or Windows, where it lies below the user's own profile.</summary>
    public static UnixFileMode? OpenTo(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) is not 0 and var mode ? mode : null;

    /// <summary>Makes the directory, or takes one that is there. Its owner may do everything in it afterwards, whatever the umask is or was; what others may do is not changed.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            // Below the user's own profile, which the others cannot enter by default.
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
            var mode = File.GetUnixFileMode(path);
            if ((mode & OwnerOnly) != OwnerOnly && FileOwner.IsOurs(path))
            {
                File.SetUnixFileMode(path, mode | OwnerOnly); // killed before it: the next one who comes does it
            }
        }
    }
}

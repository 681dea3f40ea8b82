namespace Multiprocessing.Platform;

/// <summary>Directories that only their owner may enter.</summary>
internal static class PrivateDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Returns whether a directory can be renamed while files in it are open and mapped.</summary>
    public static bool CanMoveInUse => !OperatingSystem.IsWindows();

    /// <summary>Returns whether a file can be deleted, with its directory, while it is open.</summary>
    public static bool CanDeleteInUse => !OperatingSystem.IsWindows();

    /// <summary>
    /// Returns the permissions of users other than the owner, or <see langword="null"/> if there are none. On Windows the directory is inside the
    /// user's profile.
    /// </summary>
    public static UnixFileMode? OpenTo(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) is not 0 and var mode ? mode : null;

    /// <summary>
    /// Creates the directory, or uses an existing one. Afterwards its owner has all permissions, whatever the umask is or was; the permissions of
    /// other users are not changed.
    /// </summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            // Inside the user's profile, which other users cannot enter by default.
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
            var mode = File.GetUnixFileMode(path);
            if ((mode & OwnerOnly) != OwnerOnly && FileOwner.IsOurs(path))
            {
                File.SetUnixFileMode(path, mode | OwnerOnly); // if this process is killed before it, the next caller sets the mode
            }
        }
    }
}

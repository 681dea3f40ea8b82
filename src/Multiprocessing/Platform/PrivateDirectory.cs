namespace Multiprocessing.Platform;

/// <summary>Directories that only the user himself may enter.</summary>
internal static class PrivateDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Whether a directory can be renamed while files in it are open and mapped.</summary>
    public static bool CanMoveInUse => !OperatingSystem.IsWindows();

    /// <summary>Whether a file can be deleted, and its directory with it, while it is open.</summary>
    public static bool CanDeleteInUse => !OperatingSystem.IsWindows();

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
        }
    }
}

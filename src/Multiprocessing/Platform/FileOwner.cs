using System.Globalization;
using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;

namespace Multiprocessing.Platform;

/// <summary>The owner of a file. Session directories are in directories where every user may write, so a name alone proves nothing.</summary>
internal static class FileOwner
{
    /// <summary>The user of this process, in a form that can be part of a file name.</summary>
    public static string CurrentUser { get; } = FindCurrentUser();

    /// <summary>Returns whether the file exists, is not a symbolic link, and belongs to the user of this process.</summary>
    public static bool IsOurs(string path) =>
        OperatingSystem.IsWindows()
            ? Path.Exists(path)
            : OperatingSystem.IsLinux() ? Statx.IsOurs(path)
            : OperatingSystem.IsMacOS() && Lstat.IsOurs(path);

    private static string FindCurrentUser()
    {
        if (OperatingSystem.IsWindows())
        {
            // The temp directory is inside the user's profile, so the name only serves readers.
            return string.Concat(Environment.UserName.Where(char.IsAsciiLetterOrDigit));
        }

        var number = OperatingSystem.IsLinux()
            ? Statx.CurrentUser
            : OperatingSystem.IsMacOS() ? Lstat.CurrentUser
            : throw Unsupported.Here("The user's number");
        return number.ToString(CultureInfo.InvariantCulture);
    }
}

using System.Globalization;
using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;

namespace Multiprocessing.Platform;

/// <summary>Whose a file is. The session's directories lie in places where every user may write, so a name alone proves nothing.</summary>
internal static class FileOwner
{
    /// <summary>The user this process runs as, in a form that can be part of a file's name.</summary>
    public static string CurrentUser { get; } = FindCurrentUser();

    /// <summary>The file exists, is not a link to elsewhere in its last part, and belongs to the user this process runs as.</summary>
    public static bool IsOurs(string path) =>
        OperatingSystem.IsWindows() ? Path.Exists(path) : OperatingSystem.IsLinux() ? Statx.IsOurs(path) : OperatingSystem.IsMacOS() && Lstat.IsOurs(path);

    private static string FindCurrentUser()
    {
        if (OperatingSystem.IsWindows())
        {
            // The temp directory lies in the user's own profile, so the name is for people only.
            return string.Concat(Environment.UserName.Where(char.IsAsciiLetterOrDigit));
        }

        var number = OperatingSystem.IsLinux() ? Statx.CurrentUser : OperatingSystem.IsMacOS() ? Lstat.CurrentUser : throw Unsupported.Here("The user's number");
        return number.ToString(CultureInfo.InvariantCulture);
    }
}

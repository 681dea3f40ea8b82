using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Members on one machine: a file instead of a database.</summary>
internal static class LocalMembership
{
    public static string FileOf(string? directory, string cluster)
    {
        if (cluster.Length == 0 || cluster.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0)
        {
            throw new ArgumentException($"'{cluster}' cannot be the name of a cluster on this machine, because it cannot be the name of a file.");
        }

        return Path.Combine(FolderOf(directory), cluster + ".json");
    }

    /// <summary>Returns the directory of the members' files. If it is missing, it is created for this user only.</summary>
    /// <exception cref="ClusterException">Another user could replace its files, and so choose to which program work is sent.</exception>
    public static string FolderOf(string? directory)
    {
        var folder = Path.GetFullPath(directory ?? Path.Combine(Path.GetTempPath(), $"multiprocessing-clusters-{Environment.UserName}"));
        PrivateDirectory.Create(folder);

        // A given directory may be a link. The user's own one may not: it is where every user may create one.
        folder = directory is null ? folder : Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
        if (!FileOwner.IsOurs(folder))
        {
            throw new ClusterException(
                $"The directory {folder} of the members belongs to another user. Pass a directory of this user to "
                + $"{nameof(ClusterMembership)}.{nameof(ClusterMembership.UseLocalhost)}.");
        }

        const UnixFileMode othersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        if (PrivateDirectory.OpenTo(folder) is { } mode && (mode & othersWrite) != 0)
        {
            throw new ClusterException(
                $"Other users can write in the directory {folder} of the members, and so replace their addresses and certificate. Remove that right "
                + "(chmod go-w), or pass another directory.");
        }

        return folder;
    }
}

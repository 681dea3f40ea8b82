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

        var folder = directory ?? Path.Combine(Path.GetTempPath(), $"multiprocessing-clusters-{Environment.UserName}");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            // Other users could otherwise replace the file, and with it the addresses to which work is sent.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return Path.Combine(folder, cluster + ".json");
    }
}

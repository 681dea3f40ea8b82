namespace Multiprocessing.Tool.Doctor;

/// <summary>Space on a file system.</summary>
internal readonly record struct DiskSpace(long Free, long Total);

/// <summary>What checks ask about directories.</summary>
internal interface IDisk
{
    /// <summary>Returns the space of the file system at the path, or null if it is unknown.</summary>
    DiskSpace? Space(string directory);

    /// <summary>Creates and removes a file.</summary>
    /// <returns>Null, or why it failed.</returns>
    string? TryWrite(string directory);
}

/// <summary>The directories of this machine.</summary>
internal sealed class Disk : IDisk
{
    public DiskSpace? Space(string directory)
    {
        try
        {
            var drive = new DriveInfo(directory);
            return new DiskSpace(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    public string? TryWrite(string directory)
    {
        try
        {
            // Removed by the system with the handle.
            var path = Path.Combine(directory, $"mp-doctor-{Environment.ProcessId}");
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            file.WriteByte(1);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}

namespace Multiprocessing;

/// <summary>Files of members on one machine, which only their user may read.</summary>
internal static class PrivateFile
{
    public static FileStream Open(string file, FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(file, options);
    }

    /// <summary>
    /// Replaces a file while the caller has the lock. Killed before the rename, the file is as it was, and the new one is a leftover that the next
    /// change overwrites; killed after it, the change is complete. Readers see the old or the new content.
    /// </summary>
    public static void Replace(string file, ReadOnlySpan<byte> content)
    {
        File.Delete(file + ".new"); // a leftover keeps its mode
        using (var stream = Open(file + ".new", FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(content);
        }

        File.Move(file + ".new", file, overwrite: true);
    }
}

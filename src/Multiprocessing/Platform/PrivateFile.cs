namespace Multiprocessing.Platform;

/// <summary>Small text files that only their owner may read and write.</summary>
internal static class PrivateFile
{
    /// <summary>
    /// Creates the file, completely or not at all. With <paramref name="overwrite"/> it replaces an existing file; otherwise an existing file stays
    /// and the method returns <see langword="false"/>.
    /// </summary>
    public static bool Write(string path, string text, bool overwrite)
    {
        var draft = $"{path}.{Environment.ProcessId}";
        try
        {
            File.WriteAllText(draft, text);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite); // whatever the umask is
            }

            File.Move(draft, path, overwrite);
            return true;
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            File.Delete(draft);
            return false;
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }
}

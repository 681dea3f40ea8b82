namespace Multiprocessing.Platform;

/// <summary>Small files with text that only the user himself may read and write.</summary>
internal static class PrivateFile
{
    /// <summary>Makes the file, whole or not at all. With <paramref name="overwrite"/> it replaces one that is there, else that one stays and the answer is false.</summary>
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

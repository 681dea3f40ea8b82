using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The directories of named objects that are not the default one (<see cref="NamedDirectory.RootVariable"/>). For each, a file <c>mpplace-[uid]-[pid
/// namespace]-[hash]</c> in the default directory of sessions has its path. So the next session of the user, wherever it is, removes the files of
/// killed programs.
/// <para>Killed between creating this file and the session: it names a directory without a session, and a later sweep deletes it.</para>
/// </summary>
internal static class NamedDirectoryList
{
    private static string Prefix => $"mpplace-{FileOwner.CurrentUser}-{ProcessIdentity.Namespace}-";

    /// <summary>
    /// Records the directory, with its gate, before there is a session in it. The default directory is not recorded, because every sweep checks it.
    /// </summary>
    public static void Remember(string directory)
    {
        if (IsDefault(directory))
        {
            return;
        }

        try
        {
            _ = PrivateFile.Write(FileOf(directory), directory, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No room, or not writable. Then the next process that joins there cleans up; nothing else depends on the file.
        }
    }

    /// <summary>Deletes the record, with the directory's gate, when no file of the session is left.</summary>
    public static void Forget(string directory)
    {
        if (!IsDefault(directory))
        {
            TryDelete(FileOf(directory));
        }
    }

    /// <summary>Lists the recorded directories of this user and pid namespace.</summary>
    public static IEnumerable<string> All()
    {
        if (!Directory.Exists(SessionDirectory.SharedRoot))
        {
            yield break;
        }

        foreach (var file in Directory.GetFiles(SessionDirectory.SharedRoot, Prefix + "*"))
        {
            // Every user may create a file of that name. Its content counts only if this user owns it.
            if (!FileOwner.IsOurs(file) || TryRead(file) is not { Length: > 0 } directory)
            {
                continue;
            }

            if (File.Exists(Path.Combine(directory, SessionDirectory.SessionFile)))
            {
                yield return directory;
            }
            else if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > TimeSpan.FromMinutes(1))
            {
                TryDelete(file); // killed before there was a session, or after it; the file of a process that joins now is young
            }
        }
    }

    private static bool IsDefault(string directory) =>
        Path.GetDirectoryName(directory) is { } root && (root == SessionDirectory.SharedRoot || root == SessionDirectory.TempRoot);

    private static string FileOf(string directory) => Path.Combine(SessionDirectory.SharedRoot, $"{Prefix}{ObjectName.HashOf(directory):x16}");

    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // another sweep was faster
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It may be deleted already, or the directory is read-only: the next sweep tries again.
        }
    }
}

using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Removes directories of sessions. Several processes may remove the same one at once.</summary>
internal static class DirectoryRemoval
{
    private const int MaxAttempts = 20;
    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Deletes a directory that a sweep judges by its lock. The lock is a file in it and may be deleted first, so the directory is renamed before.
    /// Killed in the middle: the name says that the rest is to be deleted.
    /// </summary>
    public static void Discard(string path)
    {
        var discarded = path;
        if (PrivateDirectory.CanMoveInUse)
        {
            try
            {
                var draft = path + SessionDirectory.DraftOfThis;
                Directory.Move(path, draft);
                discarded = draft;
                KillPoints.Pass(KillPoint.DirectoryDiscarded);
            }
            catch (DirectoryNotFoundException)
            {
                return; // another process that cleans up after the same dead root was faster
            }
            catch (IOException)
            {
                // Not possible on this file system: the lock may be deleted first, and then the next sweep finds none.
            }
        }

        DeleteTree(discarded);
    }

    public static void DeleteTree(string path)
    {
        if (!Directory.Exists(path))
        {
            return; // or this process has no access, and then could not have created anything there either
        }

        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another process removed it first. All other errors are thrown.
        }
        catch (Exception exception) when (!PrivateDirectory.CanDeleteInUse && exception is IOException or UnauthorizedAccessException)
        {
            DeleteWhenClosed(path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            // A file was created, or deleted by another process, between the listing and the removal: once more with what is there now.
            DeleteRemaining(path);
        }
    }

    /// <summary>
    /// Waits for another process that reads a file, or for a sweep that has the lock; both take moments. After that the directory is left to the next
    /// session's sweep.
    /// </summary>
    private static void DeleteWhenClosed(string path)
    {
        for (var attempt = 1; Directory.Exists(path) && attempt <= MaxAttempts; attempt++)
        {
            Thread.Sleep(AttemptPause);
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Still in use: the next attempt.
            }
        }
    }

    private static void DeleteRemaining(string path)
    {
        foreach (var directory in Directory.EnumerateDirectories(path))
        {
            DeleteTree(directory);
        }

        foreach (var file in Directory.EnumerateFiles(path))
        {
            File.Delete(file);
        }

        try
        {
            Directory.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Another process was faster.
        }
    }
}

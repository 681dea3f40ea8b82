using System.Globalization;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Removes the leftovers of sessions whose root was killed with all its descendants. Runs when a session begins. Killed in the middle: the next sweep
/// removes the rest.
/// </summary>
internal static class SessionSweep
{
    // The process that creates a directory locks it a moment later.
    private static readonly TimeSpan MinAge = TimeSpan.FromMinutes(1);

    public static void Run()
    {
        foreach (var path in Directories())
        {
            try
            {
                SweepOne(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                // Another sweep was faster, or a file in it belongs to another user. A leftover must not keep a new session from starting; the next
                // one tries again.
            }
        }

        try
        {
            NamedDirectory.Sweep();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A file in it belongs to another user. As below: a leftover must not keep a new session from starting.
        }
    }

    /// <summary>Lists the directories of this user's sessions, also of those that are being created or removed.</summary>
    public static IEnumerable<string> Directories()
    {
        string[] roots = SessionDirectory.TempRoot == SessionDirectory.SharedRoot
            ? [SessionDirectory.SharedRoot]
            : [SessionDirectory.SharedRoot, SessionDirectory.TempRoot];

        // Every user may create a directory of this name there. Its list of processes to kill counts only if this user owns it.
        return roots.SelectMany(DirectoriesIn).Where(FileOwner.IsOurs);
    }

    /// <summary>Removes what is in <paramref name="path"/> if no living process uses it.</summary>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">A file belongs to another user.</exception>
    public static void SweepOne(string path)
    {
        if (CreatorIn(path) is { } creator)
        {
            if (!creator.IsAlive && (creator.IsDraft || !Reap(path)))
            {
                DirectoryRemoval.DeleteTree(path); // a draft, or its creator was killed before it locked it
            }

            if (creator.IsDraft || !creator.IsAlive)
            {
                return;
            }
        }

        if (!IsJudgedByFirst(path))
        {
            _ = Reap(path);
        }
    }

    /// <summary>
    /// Returns whether a sweep would remove what is in <paramref name="path"/>. Changes nothing; a process that wants the session's lock in the same
    /// moment finds it held, as by another sweep, and tries again.
    /// </summary>
    public static bool IsLeftover(string path)
    {
        if (CreatorIn(path) is { } creator && (creator.IsDraft || !creator.IsAlive))
        {
            return !creator.IsAlive;
        }

        if (IsJudgedByFirst(path))
        {
            return false;
        }

        using var taken = FileLock.TryTake(Path.Combine(path, SessionDirectory.LockFile), create: false);
        return (taken is not null || IsWithoutLock(path)) && !ReadRoot(path).IsAlive;
    }

    /// <summary>Reads which process is the root of the session in <paramref name="path"/>, and which of its other processes still run.</summary>
    public static unsafe (int RootProcessId, bool IsAlive, IReadOnlyList<int> Survivors) ReadRoot(string path)
    {
        SessionMemory memory;
        try
        {
            memory = SessionMemory.Open(Path.Combine(path, SessionDirectory.SessionFile));
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return (0, false, []); // no session file, or one of another layout, in which nothing can be read
        }

        var root = memory.Header->RootProcessId;
        var isAlive = ProcessIdentity.IsStaying(root, memory.Header->RootStartTime);
        var survivors = ParticipantTable.Living(memory.Participants).ConvertAll(slot => memory.Participants[slot].ProcessId);
        _ = survivors.RemoveAll(processId => processId == root);
        GC.KeepAlive(memory);
        return (root, isAlive, survivors);
    }

    /// <summary>
    /// Kills the remaining participants of the session in <paramref name="path"/> and removes it, if its root is dead and no other process does so.
    /// </summary>
    public static bool Reap(string path)
    {
        using var taken = FileLock.TryTake(Path.Combine(path, SessionDirectory.LockFile), create: false);
        if (taken is null && !IsWithoutLock(path))
        {
            return false;
        }

        KillPoints.Pass(KillPoint.SweepLocked);
        var file = Path.Combine(path, SessionDirectory.SessionFile);
        if (File.Exists(file) && !KillSurvivors(file))
        {
            return false;
        }

        KillPoints.Pass(KillPoint.SweepKilled);
        SessionDirectory.Open(path).Close(remove: true);
        if (!PrivateDirectory.CanDeleteInUse)
        {
            // The lock's own file is deleted when it is closed, and its directory only after that.
            taken?.Dispose();
            DirectoryRemoval.DeleteTree(path);
        }

        return true;
    }

    /// <summary>
    /// Returns whether the directory has no lock file: a process was killed while it deleted the directory, or a cleaner of old files deleted the
    /// lock. Then the session file says whether the root is alive. A second directory has no session file and at first no lock, so it must be old.
    /// </summary>
    private static bool IsWithoutLock(string path) =>
        Directory.Exists(path) && !File.Exists(Path.Combine(path, SessionDirectory.LockFile))
            && (Path.GetDirectoryName(path) == SessionDirectory.SharedRoot || DateTime.UtcNow - Directory.GetLastWriteTimeUtc(path) > MinAge);

    private static unsafe bool KillSurvivors(string file)
    {
        SessionMemory memory;
        try
        {
            memory = SessionMemory.Open(file);
        }
        catch (InvalidOperationException)
        {
            // Another version of the library created it, or its root died before it was complete. The participants cannot be read, and the lock is
            // free.
            return true;
        }

        if (ProcessIdentity.IsStaying(memory.Header->RootProcessId, memory.Header->RootStartTime))
        {
            return false;
        }

        DiagnosticFiles.Delete(memory.Header->RootProcessId, memory.Header->RootStartTime);
        foreach (var index in ParticipantTable.Occupied(memory.Participants))
        {
            var slot = memory.Participants + index;
            ProcessIdentity.KillIfRunning(slot->ProcessId, slot->StartTime);
            DiagnosticFiles.Delete(slot->ProcessId, slot->StartTime);
        }

        GC.KeepAlive(memory);
        return true;
    }

    private static string[] DirectoriesIn(string root)
    {
        try
        {
            return Directory.Exists(root) ? Directory.GetDirectories(root, SessionDirectory.Prefix + "*") : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // a temp directory that this user may not list, so there is nothing of this user to sweep
        }
    }

    /// <summary>Returns what the name of a directory says about the process that creates or removes it; null if the name names no process.</summary>
    private static (bool IsDraft, bool IsAlive)? CreatorIn(string path)
    {
        var name = Path.GetFileName(path);
        if (name.Split('.') is not [_, var id, var start, .. var rest]
            || !int.TryParse(id, CultureInfo.InvariantCulture, out var processId)
            || !long.TryParse(start, CultureInfo.InvariantCulture, out var startTime))
        {
            return null;
        }

        // A pid of another namespace (containers that share the directory) means nothing here, but creating or removing a directory does not take
        // minutes.
        var isAlive = rest is [var space, _] && space != ProcessIdentity.Namespace
            ? DateTime.UtcNow - Directory.GetLastWriteTimeUtc(path) < MinAge * 10
            : ProcessIdentity.IsRunning(processId, startTime);
        return (name.EndsWith(SessionDirectory.DraftEnding, StringComparison.Ordinal), isAlive);
    }

    /// <summary>
    /// Returns whether the directory is the second one of a session whose first one exists: it is removed with that. If the first does not exist or
    /// is not visible from here, it is removed only if no living process of it has locked it.
    /// </summary>
    private static bool IsJudgedByFirst(string path)
    {
        var first = Path.Combine(SessionDirectory.SharedRoot, Path.GetFileName(path));
        return path != first && Directory.Exists(first);
    }
}

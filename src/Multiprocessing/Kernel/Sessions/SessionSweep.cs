using System.Globalization;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Removes what sessions left whose root was killed with all its descendants. Runs when a session begins. Killed in the middle: the rest is swept by the next one.
/// </summary>
internal static class SessionSweep
{
    // Whoever makes a directory has its lock a moment later.
    private static readonly TimeSpan LeastAge = TimeSpan.FromMinutes(1);

    public static void Run()
    {
        RunIn(SessionDirectory.SharedRoot);
        if (SessionDirectory.TempRoot != SessionDirectory.SharedRoot)
        {
            RunIn(SessionDirectory.TempRoot);
        }

        try
        {
            NamedDirectory.Sweep();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A file in it is not ours to delete. As below: a leftover must not keep a new session from starting.
        }
    }

    /// <summary>Kills who is left of the session in <paramref name="path"/> and removes it, if its root is dead and nobody else is at it.</summary>
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
            // The lock's own file goes when it is closed, and only then its directory.
            taken?.Dispose();
            SessionDirectory.DeleteTree(path);
        }

        return true;
    }

    /// <summary>
    /// The lock's file is not there: somebody was killed while he deleted the directory, or a cleaner of old files took it. Then what the session's file says of the root counts.
    /// A second directory has no such file, and no lock at first, so it must be old.
    /// </summary>
    private static bool IsWithoutLock(string path) =>
        Directory.Exists(path) && !File.Exists(Path.Combine(path, SessionDirectory.LockFile))
            && (Path.GetDirectoryName(path) == SessionDirectory.SharedRoot || DateTime.UtcNow - Directory.GetLastWriteTimeUtc(path) > LeastAge);

    private static unsafe bool KillSurvivors(string file)
    {
        SessionMemory memory;
        try
        {
            memory = SessionMemory.Open(file);
        }
        catch (InvalidOperationException)
        {
            // Of another version of the library, or cut short when its root died: who took part cannot be read, and its lock is free.
            return true;
        }

        if (ProcessIdentity.IsStaying(memory.Header->RootProcessId, memory.Header->RootStartTime))
        {
            return false;
        }

        DiagnosticFiles.Delete(memory.Header->RootProcessId, memory.Header->RootStartTime);
        for (var i = 0; i < ParticipantTable.Capacity; i++)
        {
            var slot = memory.Participants + i;
            if ((ParticipantState)slot->State is ParticipantState.Active or ParticipantState.Left)
            {
                ProcessIdentity.KillIfRunning(slot->ProcessId, slot->StartTime);
                DiagnosticFiles.Delete(slot->ProcessId, slot->StartTime);
            }
        }

        GC.KeepAlive(memory);
        return true;
    }

    private static void RunIn(string root)
    {
        string[] paths;
        try
        {
            paths = Directory.Exists(root) ? Directory.GetDirectories(root, SessionDirectory.Prefix + "*") : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return; // a temp directory that this user may not list: nothing of his can be swept there
        }

        foreach (var path in paths)
        {
            try
            {
                // Anybody may make a directory of this name there; what it says about whom to kill counts only if it is ours.
                if (FileOwner.IsOurs(path))
                {
                    Look(path);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                // Another sweep was faster, or a file in it is not ours to delete. A leftover must not keep a new session from starting; the next one tries again.
            }
        }
    }

    private static void Look(string path)
    {
        var name = Path.GetFileName(path);
        if (name.Split('.') is [_, var id, var start, .. var rest]
            && int.TryParse(id, CultureInfo.InvariantCulture, out var processId)
            && long.TryParse(start, CultureInfo.InvariantCulture, out var startTime))
        {
            var isDraft = name.EndsWith(SessionDirectory.DraftEnding, StringComparison.Ordinal);

            // A pid of another namespace (containers that share the place) says nothing here, but nobody makes or removes a directory for minutes.
            var isMakerAlive = rest is [var space, _] && space != ProcessIdentity.Namespace
                ? DateTime.UtcNow - Directory.GetLastWriteTimeUtc(path) < LeastAge * 10
                : ProcessIdentity.IsRunning(processId, startTime);
            if (!isMakerAlive && (isDraft || !Reap(path)))
            {
                SessionDirectory.DeleteTree(path); // a draft, or its maker was killed before it had a lock
            }

            if (isDraft || !isMakerAlive)
            {
                return;
            }
        }

        // A second directory goes with its first; if the first is gone, or is not to be seen from here, only if no living process of it has it locked.
        var first = Path.Combine(SessionDirectory.SharedRoot, name);
        if (path == first || !Directory.Exists(first))
        {
            _ = Reap(path);
        }
    }
}

using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Where a session's files lie: a private directory <c>mp-[uid]-[16 hex]</c> in /dev/shm, and one of the same name in the temp directory for what /dev/shm has
/// no room for. Files with names, and not anonymous memory, so that the handle of a queue that lies in another queue opens although its creator and its sender are dead.
/// </summary>
internal sealed class SessionDirectory
{
    public const string LockFile = "lock";
    public const string SessionFile = "session";

    /// <summary>Ends the name of a directory that is no session yet, or none any more: the process in the name is making or removing it.</summary>
    public const string DraftEnding = ".new";

    // In the first directory, once there is a second one: its path. The temp directory is the process's own to choose (TMPDIR), and may be another one in each process of the session.
    private const string SecondaryFile = "second";

    /// <summary>Memory, and no disk.</summary>
    public static string SharedRoot => MappedFile.MemoryDirectory ?? TempRoot;

    // Less than this is a container's toy: a single burst fills it, and then every file falls back one by one.
    private const long LeastFreeBytes = 16L << 20;

    private const int MostAttempts = 20;
    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private SafeFileHandle? _rootLock;
    private SafeFileHandle? _secondaryLock;
    private readonly string _secondaryName;
    private bool _secondaryReady;

    private SessionDirectory(string primary, SafeFileHandle? rootLock, string? secondaryName = null)
    {
        Primary = primary;
        HasRoot = secondaryName is null;
        _rootLock = rootLock;
        _secondaryName = secondaryName ?? Path.GetFileName(primary);
    }

    public string Primary { get; }

    /// <summary>The same name in the temp directory of the process that made it first, or, before there is one, of this process; null when the session lies there already.</summary>
    public string? Secondary => ReadSecondary() ?? (Path.Combine(TempRoot, _secondaryName) is var path && path == Primary ? null : path);

    /// <summary>There is a process that the session ends with; a session of named objects ends with the last process in it.</summary>
    public bool HasRoot { get; }

    /// <summary>The temp directory of now, as a full path: a relative TMPDIR would move with the working directory.</summary>
    internal static string TempRoot
    {
        get
        {
            var path = Path.TrimEndingDirectorySeparator(Path.GetTempPath());
            try
            {
                return Path.IsPathRooted(path) ? path : Path.GetFullPath(path);
            }
            catch (IOException)
            {
                return path; // the working directory is gone
            }
        }
    }

    internal static string Prefix => $"mp-{FileOwner.CurrentUser}-";

    public static SessionDirectory Open(string path) => new(Path.TrimEndingDirectorySeparator(path), null);

    /// <summary>For the named objects of a place, of which there may be several: the second directory's name tells them apart.</summary>
    public static SessionDirectory OpenNamed(string path) => new(path, null, $"{Path.GetFileName(path)}-{ObjectName.HashOf(Path.GetFullPath(path)):x16}");

    /// <summary>
    /// Makes the directory. It is filled under a name that says whose it will be, locked, and only then renamed to the name that a sweep looks at: nobody
    /// ever sees a session's directory whose root has no lock yet. Killed before the rename: the sweep finds the maker's pid and start time in the name.
    /// </summary>
    public static SessionDirectory CreateNew(string wantedRoot, Action<string> fill)
    {
        var name = Prefix + Guid.NewGuid().ToString("N")[..16];

        // Where it cannot be renamed any more, it keeps the maker's pid in its name, by which a sweep knows whose it is before there is a lock.
        var ending = PrivateDirectory.CanMoveInUse ? DraftOfThis : "";
        name += PrivateDirectory.CanMoveInUse ? "" : $".{Environment.ProcessId}.{ProcessIdentity.StartTimeOf(Environment.ProcessId)}";
        var path = Path.Combine(MakeDraft(wantedRoot, name + ending), name);
        var draft = path + ending;
        SafeFileHandle? rootLock = null;
        KillPoints.Pass(KillPoint.DirectoryDrafted);
        try
        {
            rootLock = FileLock.TryTake(Path.Combine(draft, LockFile), create: true)
                ?? throw new IOException($"The lock file in the new directory '{draft}' could not be made.");
            KillPoints.Pass(KillPoint.DirectoryLocked);
            fill(draft);
            KillPoints.Pass(KillPoint.DirectoryFilled);
            if (draft != path)
            {
                Directory.Move(draft, path);
            }

            KillPoints.Pass(KillPoint.DirectoryNamed);
            return new SessionDirectory(path, rootLock);
        }
        catch
        {
            rootLock?.Dispose();
            DeleteTree(draft);
            throw;
        }
    }

    public string PathOf(int place, int index, int generation) =>
        Path.Combine(place == 0 ? Primary : Secondary!, string.Create(CultureInfo.InvariantCulture, $"{index}-{generation}"));

    /// <summary>
    /// Makes the second directory ready for a file of ours. We keep a shared lock on it as long as we live: it may be seen where the first directory is not
    /// (containers that share a temp directory), and must not look like a leftover there.
    /// </summary>
    public void PrepareSecondary(long bytesAsked)
    {
        lock (_gate)
        {
            if (_secondaryReady)
            {
                return;
            }

            NameSecondary(Secondary!);
            PrivateDirectory.Create(Secondary!);
            if (!FileOwner.IsOurs(Secondary!))
            {
                throw new UnauthorizedAccessException($"'{Secondary}' belongs to another user: the session does not use it.");
            }

            _secondaryLock = FileLock.TryTake(Path.Combine(Secondary!, LockFile), create: true, shared: true);
            _secondaryReady = true;
        }

        MultiprocessingLogging.WarnOperator(
            "Multiprocessing.SharedMemory",
            $"{Path.GetDirectoryName(Primary)} has no room for {bytesAsked} bytes; shared memory goes to {Secondary} from now on, which may be slower.");
    }

    /// <summary>
    /// Lets go of the locks, and removes both directories first if asked to; what others have mapped stays usable for them. Idempotent.
    /// </summary>
    public void Close(bool remove)
    {
        if (remove && !PrivateDirectory.CanDeleteInUse)
        {
            // The locks before the files: whoever takes them now sees that the root is alive, or cleans up like us.
            ReleaseLocks();
        }

        if (remove)
        {
            // The second first: while the first stands, a sweep leaves both to the first one's lock.
            if (Secondary is { } secondary)
            {
                DeleteTree(secondary);
            }

            KillPoints.Pass(KillPoint.SecondDirectoryRemoved);
            MappedFile.DeleteAll(Primary);
            Discard(Primary);
        }

        ReleaseLocks();
    }

    /// <summary>
    /// Deletes a directory that a sweep judges by its lock. The lock is a file in it and may be the first to go, so the directory is renamed before: killed in the middle, the name says
    /// that what is left is to be deleted.
    /// </summary>
    internal static void Discard(string path)
    {
        var discarded = path;
        if (PrivateDirectory.CanMoveInUse)
        {
            try
            {
                Directory.Move(path, path + DraftOfThis);
                discarded = path + DraftOfThis;
                KillPoints.Pass(KillPoint.DirectoryDiscarded);
            }
            catch (DirectoryNotFoundException)
            {
                return; // several processes may clean up after the same dead root
            }
            catch (IOException)
            {
                // Not possible on this file system: the lock may go first, and then the next sweep sees that there is none.
            }
        }

        DeleteTree(discarded);
    }

    internal static void DeleteTree(string path)
    {
        if (!Directory.Exists(path))
        {
            return; // or not to be reached by this process, which could not have made anything there either
        }

        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody else removed it first: several processes may clean up after the same dead root. Anything else is told.
        }
        catch (Exception exception) when (!PrivateDirectory.CanDeleteInUse && exception is IOException or UnauthorizedAccessException)
        {
            DeleteWhenClosed(path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            // A file was created, or deleted by another cleaner, between the listing and the removal: once more over what is there now.
            DeleteRemaining(path);
        }
    }

    /// <summary>Somebody looks into a file, or a sweep has the lock: both last moments. After that it is left to the next session's sweep.</summary>
    private static void DeleteWhenClosed(string path)
    {
        for (var attempt = 1; Directory.Exists(path) && attempt <= MostAttempts; attempt++)
        {
            Thread.Sleep(AttemptPause);
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Not yet.
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
            // The other cleaner was faster.
        }
    }

    private void ReleaseLocks()
    {
        lock (_gate)
        {
            _secondaryLock?.Dispose();
            _rootLock?.Dispose();
            _secondaryLock = _rootLock = null;
        }
    }

    private static string DraftOfThis => $".{Environment.ProcessId}.{ProcessIdentity.StartTimeOf(Environment.ProcessId)}.{ProcessIdentity.Namespace}{DraftEnding}";

    private string? ReadSecondary()
    {
        try
        {
            return File.ReadAllText(Path.Combine(Primary, SecondaryFile));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // there is none yet, or the session is gone
        }
    }

    /// <summary>Says to all where the second directory is, before there is one. Of several processes that do so at once, the first one's file stays.</summary>
    private void NameSecondary(string path)
    {
        var file = Path.Combine(Primary, SecondaryFile);
        if (!File.Exists(file))
        {
            _ = PrivateFile.Write(file, path, overwrite: false); // killed before it is whole: its draft goes with the session
        }
    }

    /// <summary>Makes the draft in the first place that can be used, and returns that place.</summary>
    private static string MakeDraft(string root, string name)
    {
        if (!Directory.Exists(root))
        {
            root = FallBack(root, "does not exist");
        }
        else if (SharedMemoryErrors.FreeBytes(Path.Combine(root, name)) is var free and < LeastFreeBytes)
        {
            root = FallBack(root, $"has only {free} bytes free");
        }
        else
        {
            try
            {
                PrivateDirectory.Create(Path.Combine(root, name));
                return root;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                root = FallBack(root, $"is not writable ({exception.Message})");
            }
        }

        PrivateDirectory.Create(Path.Combine(root, name));
        return root;
    }

    private static string FallBack(string wanted, string why)
    {
        MultiprocessingLogging.WarnOperator("Multiprocessing.SharedMemory", $"{wanted} {why}; shared memory goes to {TempRoot}, which may be slower.");
        return TempRoot;
    }
}

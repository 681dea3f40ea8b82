using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The directories of a session's files: a private directory <c>mp-[uid]-[16 hex]</c> in /dev/shm, and a <see cref="SecondDirectory"/> of the same
/// name in the temp directory for what /dev/shm has no room for. Segments are files with names, not anonymous memory, so that the handle of a queue
/// in a message opens although the queue's creator and the sender are dead.
/// </summary>
internal sealed class SessionDirectory
{
    public const string LockFile = "lock";
    public const string SessionFile = "session";

    /// <summary>Ends the name of a directory that is not a session yet, or not any more: the process in the name creates or removes it.</summary>
    public const string DraftEnding = ".new";

    // A smaller /dev/shm (64 KiB to 4 MiB in some containers) is filled by a single burst, and then every file falls back one by one.
    private const long MinFreeBytes = 16L << 20;

    private SafeFileHandle? _rootLock;

    private SessionDirectory(string primary, SafeFileHandle? rootLock, string? secondName = null)
    {
        Primary = primary;
        HasRoot = secondName is null;
        _rootLock = rootLock;
        Second = new SecondDirectory(primary, secondName ?? Path.GetFileName(primary));
    }

    /// <summary>Gets the directory in which sessions lie by default: memory, not a disk, where the system has such a directory.</summary>
    public static string SharedRoot => MappedFile.MemoryDirectory ?? TempRoot;

    public string Primary { get; }

    public SecondDirectory Second { get; }

    /// <summary>Gets whether the session ends with one process, its root. A session of named objects ends with its last process.</summary>
    public bool HasRoot { get; }

    /// <summary>Gets the present temp directory as a full path: a relative TMPDIR would change with the working directory.</summary>
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
                return path; // the working directory was removed
            }
        }
    }

    internal static string Prefix => $"mp-{FileOwner.CurrentUser}-";

    /// <summary>Gets the ending that names this process as the one that creates or removes a directory.</summary>
    internal static string DraftOfThis => $".{CreatorOfThis}.{ProcessIdentity.Namespace}{DraftEnding}";

    private static string CreatorOfThis => $"{Environment.ProcessId}.{ProcessIdentity.StartTimeOf(Environment.ProcessId)}";

    public static SessionDirectory Open(string path) => new(Path.TrimEndingDirectorySeparator(path), null);

    /// <summary>Opens a directory of named objects. Several may have the same name; the names of their second directories differ.</summary>
    public static SessionDirectory OpenNamed(string path) =>
        new(path, null, $"{Path.GetFileName(path)}-{ObjectName.HashOf(Path.GetFullPath(path)):x16}");

    /// <summary>
    /// Creates the directory. It is filled under a name that says which process creates it, locked, and only then renamed to a name that a sweep
    /// checks: no process ever sees a session's directory without its root's lock. Killed before the rename: the sweep finds the creator's pid and
    /// start time in the name.
    /// </summary>
    public static SessionDirectory CreateNew(string wantedRoot, Action<string> fill)
    {
        var name = Prefix + Guid.NewGuid().ToString("N")[..16];

        // Where it cannot be renamed later, it keeps the creator's pid in its name, by which a sweep knows the creator before there is a lock.
        var ending = PrivateDirectory.CanMoveInUse ? DraftOfThis : "";
        name += PrivateDirectory.CanMoveInUse ? "" : $".{CreatorOfThis}";
        var path = Path.Combine(CreateDraft(wantedRoot, name + ending), name);
        var draft = path + ending;
        SafeFileHandle? rootLock = null;
        KillPoints.Pass(KillPoint.DirectoryDrafted);
        try
        {
            rootLock = FileLock.TryTake(Path.Combine(draft, LockFile), create: true)
                ?? throw new IOException($"The lock file in the new directory '{draft}' could not be created.");
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
            DirectoryRemoval.DeleteTree(draft);
            throw;
        }
    }

    public string PathOf(SegmentId id, bool isInSecond) =>
        Path.Combine(isInSecond ? Second.FullPath! : Primary, string.Create(CultureInfo.InvariantCulture, $"{id.Index}-{id.Generation}"));

    /// <summary>
    /// Releases the locks; with <paramref name="remove"/> also removes both directories. What other processes have mapped stays usable for them.
    /// Idempotent.
    /// </summary>
    public void Close(bool remove)
    {
        if (remove && !PrivateDirectory.CanDeleteInUse)
        {
            // The locks before the files: a process that takes them now sees that the root is alive, or cleans up as this one does.
            ReleaseLocks();
        }

        if (remove)
        {
            // The second directory first: while the first one exists, a sweep judges both by the first one's lock.
            if (Second.FullPath is { } second)
            {
                DirectoryRemoval.DeleteTree(second);
            }

            KillPoints.Pass(KillPoint.SecondDirectoryRemoved);
            MappedFile.DeleteAll(Primary);
            DirectoryRemoval.Discard(Primary);
        }

        ReleaseLocks();
    }

    private void ReleaseLocks()
    {
        Second.ReleaseLock();
        Interlocked.Exchange(ref _rootLock, null)?.Dispose();
    }

    /// <summary>Creates the draft in the first directory that can be used, and returns that directory.</summary>
    private static string CreateDraft(string root, string name)
    {
        if (!Directory.Exists(root))
        {
            root = FallBack(root, "does not exist");
        }
        else if (SharedMemoryErrors.FreeBytes(Path.Combine(root, name)) is var free and < MinFreeBytes)
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

    private static string FallBack(string wanted, string reason)
    {
        MultiprocessingLogging.WarnOperator("Multiprocessing.SharedMemory", $"{wanted} {reason}; shared memory is created in {TempRoot}, which may "
            + "be slower.");
        return TempRoot;
    }
}

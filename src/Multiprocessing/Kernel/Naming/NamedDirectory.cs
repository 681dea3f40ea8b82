using Microsoft.Win32.SafeHandles;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The directory in which the programs of one user meet: <c>mpnames-[uid]-[pid namespace]</c> with the files of the session of the named objects, and
/// two empty files that stay. A process that joins or leaves locks <c>gate</c>. Every process in the session has a shared lock on <c>users</c>, which
/// the system releases with the process. A process that gets the exclusive lock has the proof that all others have ended, of whatever build they
/// were, and begins a new session.
/// <para>Processes of different pid namespaces cannot prove each other's deaths, so they do not meet.</para>
/// </summary>
internal sealed class NamedDirectory
{
    /// <summary>The environment variable that names another directory to meet in.</summary>
    public const string RootVariable = "MULTIPROCESSING_NAMES";

    private const string GateFile = "gate";
    private const string UsersFile = "users";

    private SafeFileHandle? _users;

    private NamedDirectory(string path) => Files = SessionDirectory.OpenNamed(path);

    public SessionDirectory Files { get; }

    public string SessionFile => Path.Combine(Files.Primary, SessionDirectory.SessionFile);

    private static string Name => $"mpnames-{FileOwner.CurrentUser}-{ProcessIdentity.Namespace}";

    /// <param name="root">The directory in which it lies; null for the default.</param>
    /// <exception cref="UnauthorizedAccessException">The directory exists and other users have access to it.</exception>
    public static NamedDirectory Prepare(string? root)
    {
        root ??= Environment.GetEnvironmentVariable(RootVariable) is { Length: > 0 } configured ? configured : null;
        string path;
        if (root is not null)
        {
            path = Path.GetFullPath(Path.Combine(root, Name));
            PrivateDirectory.Create(path);
        }
        else
        {
            // Decided by what all programs see alike, not by the room that is free at the moment.
            path = Path.Combine(SessionDirectory.SharedRoot, Name);
            try
            {
                if (!Directory.Exists(SessionDirectory.SharedRoot))
                {
                    throw new DirectoryNotFoundException($"'{SessionDirectory.SharedRoot}' does not exist.");
                }

                PrivateDirectory.Create(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && !Path.Exists(path))
            {
                path = Path.Combine(SessionDirectory.TempRoot, Name);
                MultiprocessingLogging.WarnOperator("Multiprocessing.Names", $"{exception.Message} Programs meet by name in {path}, which may be "
                    + "slower.");
                PrivateDirectory.Create(path);
            }
        }

        ThrowIfAccessible(path);
        return new NamedDirectory(path);
    }

    /// <summary>Removes the leftovers of killed programs, if no process is in the session. Called when any session begins.</summary>
    public static void Sweep() => EachDeserted(static leftover => leftover.Wipe());

    /// <summary>Lists the directories that <see cref="Sweep"/> would empty.</summary>
    public static IReadOnlyList<string> FindDeserted()
    {
        var found = new List<string>();
        EachDeserted(leftover => found.Add(leftover.Files.Primary));
        return found;
    }

    /// <summary>Lists the directories in which programs of this user have met, with a session that may be deserted.</summary>
    public static IEnumerable<string> Directories()
    {
        string[] paths =
        [
            Path.Combine(SessionDirectory.SharedRoot, Name),
            Path.Combine(SessionDirectory.TempRoot, Name),
            .. NamedDirectoryList.All(),
        ];
        return paths.Distinct().Where(
            static path => File.Exists(Path.Combine(path, SessionDirectory.SessionFile)) && FileOwner.IsOurs(path));
    }

    private static void EachDeserted(Action<NamedDirectory> found)
    {
        foreach (var path in Directories())
        {
            using var gate = FileLock.TryTake(Path.Combine(path, GateFile), create: true);
            if (gate is not null && new NamedDirectory(path) is var leftover && leftover.IsDeserted())
            {
                found(leftover);
            }
        }
    }

    /// <summary>Takes the gate: no other process joins or leaves until the handle is disposed. Killed with it: the system releases it.</summary>
    public SafeFileHandle EnterGate() => TryEnterGate(WaitTimings.StoppedOwnerOfTable) ?? throw new TimeoutException(
        $"'{Path.Combine(Files.Primary, GateFile)}' has been locked for {WaitTimings.StoppedOwnerOfTable.TotalSeconds:0} s by a process that joins "
        + "or leaves and does not release it. Is one stopped (SIGSTOP, a debugger)?");

    /// <summary>Returns whether no living process is in the session; with the gate.</summary>
    public bool IsDeserted()
    {
        using var alone = FileLock.TryTake(Path.Combine(Files.Primary, UsersFile), create: true);
        return alone is not null;
    }

    /// <summary>Records that this process is in the session; with the gate.</summary>
    public void Stay() => _users = FileLock.TryTake(Path.Combine(Files.Primary, UsersFile), create: true, shared: true)
        ?? throw new IOException($"'{Path.Combine(Files.Primary, UsersFile)}' could not be locked.");

    /// <summary>
    /// Removes the session's files, with the gate, when no process is in the session. The session file is deleted last, because a sweep searches for
    /// it, and the second directory first, because a file says where it is. Killed in the middle: the next process finds the session deserted and
    /// removes the rest.
    /// </summary>
    public void Wipe()
    {
        if (Files.Second.FullPath is { } second)
        {
            DirectoryRemoval.DeleteTree(second);
        }

        foreach (var file in Directory.EnumerateFiles(Files.Primary))
        {
            if (Path.GetFileName(file) is not (GateFile or UsersFile or SessionDirectory.SessionFile))
            {
                MappedFile.Delete(file);
            }
        }

        MappedFile.Delete(SessionFile);
        NamedDirectoryList.Forget(Files.Primary);
    }

    /// <summary>
    /// Leaves the session; the last process removes the files. Killed in the middle, or if the gate is blocked: the next process that joins, or
    /// begins any session, finds this one deserted and removes them.
    /// </summary>
    public void Leave()
    {
        try
        {
            using var gate = TryEnterGate(WaitTimings.Leaving);
            Abandon();
            if (gate is not null && IsDeserted())
            {
                Wipe();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Abandon(); // no descriptors are left, or the directory was removed: as with the gate blocked
        }
    }

    /// <summary>Withdraws <see cref="Stay"/>; with the gate.</summary>
    public void Abandon()
    {
        _users?.Dispose();
        Files.Close(remove: false);
    }

    private SafeFileHandle? TryEnterGate(TimeSpan patience)
    {
        // The system has no wait for a file's lock with a time-out, so this asks again. Many processes that join at once need milliseconds.
        var deadline = Deadline.After(patience);
        while (true)
        {
            if (FileLock.TryTake(Path.Combine(Files.Primary, GateFile), create: true) is { } gate)
            {
                return gate;
            }

            if (deadline.HasPassed)
            {
                return null;
            }

            Thread.Sleep(1);
        }
    }

    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory.</exception>
    private static void ThrowIfAccessible(string path)
    {
        if (!FileOwner.IsOurs(path) || new DirectoryInfo(path).LinkTarget is not null || !Directory.Exists(path))
        {
            throw new UnauthorizedAccessException(
                $"'{path}', where this user's programs meet by name, belongs to another user or is a link: that user could read and change what the "
                + $"programs share. Remove it, or set {RootVariable} to another directory.");
        }

        if (PrivateDirectory.OpenTo(path) is { } mode)
        {
            throw new UnauthorizedAccessException(
                $"'{path}', where this user's programs meet by name, is open to other users ({mode}): the files in it may be theirs. Remove it when "
                + "no program uses it (it is created again), or chmod it to 700 if you know what is in it.");
        }
    }
}

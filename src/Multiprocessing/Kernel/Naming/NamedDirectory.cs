using Microsoft.Win32.SafeHandles;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Where the programs of one user meet: a directory <c>mpnames-[uid]-[pid namespace]</c> with the files of the session that has the named objects, and two empty files that stay.
/// <c>gate</c> is locked by who comes or leaves. <c>users</c> is locked, shared, by every process that has come, until the system drops the lock with the process: who gets it for himself
/// has the proof that all others are gone, whatever build they were of, and starts afresh.
/// <para>Processes of different pid namespaces cannot tell each other's deaths, so they do not meet.</para>
/// </summary>
internal sealed class NamedDirectory
{
    /// <summary>The environment variable that names another place to meet.</summary>
    public const string RootVariable = "MULTIPROCESSING_NAMES";

    private const string GateFile = "gate";
    private const string UsersFile = "users";

    private SafeFileHandle? _users;

    private NamedDirectory(string path) => Files = SessionDirectory.OpenNamed(path);

    public SessionDirectory Files { get; }

    public string SessionFile => Path.Combine(Files.Primary, SessionDirectory.SessionFile);

    private static string Name => $"mpnames-{FileOwner.CurrentUser}-{ProcessIdentity.Namespace}";

    /// <param name="root">Where the directory lies; null for the usual place.</param>
    /// <exception cref="UnauthorizedAccessException">There is something of that name which is not this user's alone.</exception>
    public static NamedDirectory Prepare(string? root)
    {
        root ??= Environment.GetEnvironmentVariable(RootVariable) is { Length: > 0 } told ? told : null;
        string path;
        if (root is not null)
        {
            path = Path.GetFullPath(Path.Combine(root, Name));
            PrivateDirectory.Create(path);
        }
        else
        {
            // Decided by what all programs see alike, and not by the room that is free right now.
            path = Path.Combine(SessionDirectory.SharedRoot, Name);
            try
            {
                PrivateDirectory.Create(Directory.Exists(SessionDirectory.SharedRoot) ? path : throw new DirectoryNotFoundException($"'{SessionDirectory.SharedRoot}' does not exist."));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && !Path.Exists(path))
            {
                path = Path.Combine(SessionDirectory.TempRoot, Name);
                MultiprocessingLogging.WarnOperator("Multiprocessing.Names", $"{exception.Message} Programs meet by name in {path}, which may be slower.");
                PrivateDirectory.Create(path);
            }
        }

        Refuse(path);
        return new NamedDirectory(path);
    }

    /// <summary>Removes what programs left that were killed, if nobody is there. Whoever begins a session does it.</summary>
    public static void Sweep()
    {
        List<string> paths = [Path.Combine(SessionDirectory.SharedRoot, Name), Path.Combine(SessionDirectory.TempRoot, Name), .. NamedPlaces.All()];
        foreach (var path in paths)
        {
            if (!File.Exists(Path.Combine(path, SessionDirectory.SessionFile)) || !FileOwner.IsOurs(path))
            {
                continue;
            }

            using var gate = FileLock.TryTake(Path.Combine(path, GateFile), create: true);
            if (gate is not null)
            {
                var left = new NamedDirectory(path);
                if (left.IsDeserted())
                {
                    left.Wipe();
                }
            }
        }
    }

    /// <summary>Nobody else comes or leaves until the handle is disposed. Killed with it: the system drops it.</summary>
    public SafeFileHandle EnterGate() => TryEnterGate(WaitTimings.StoppedOwnerOfTable) ?? throw new TimeoutException(
        $"'{Path.Combine(Files.Primary, GateFile)}' has been locked for {WaitTimings.StoppedOwnerOfTable.TotalSeconds:0} s by a process that is coming or leaving and does not move. Is one stopped (SIGSTOP, a debugger)?");

    /// <summary>With the gate: no living process is in the session.</summary>
    public bool IsDeserted()
    {
        using var alone = FileLock.TryTake(Path.Combine(Files.Primary, UsersFile), create: true);
        return alone is not null;
    }

    /// <summary>With the gate: this process counts from now on.</summary>
    public void Stay() => _users = FileLock.TryTake(Path.Combine(Files.Primary, UsersFile), create: true, shared: true)
        ?? throw new IOException($"'{Path.Combine(Files.Primary, UsersFile)}' could not be locked.");

    /// <summary>
    /// With the gate, when nobody is there. The session's file is the last to go, for a sweep looks for it, and the second directory the first, for a file says where it is.
    /// Killed in the middle: the next one finds nobody there and does it again.
    /// </summary>
    public void Wipe()
    {
        if (Files.Secondary is { } secondary)
        {
            SessionDirectory.DeleteTree(secondary);
        }

        foreach (var file in Directory.EnumerateFiles(Files.Primary))
        {
            if (Path.GetFileName(file) is not (GateFile or UsersFile or SessionDirectory.SessionFile))
            {
                MappedFile.Delete(file);
            }
        }

        MappedFile.Delete(SessionFile);
        NamedPlaces.Forget(Files.Primary);
    }

    /// <summary>This process does not count any more; the last one removes the files. Killed in the middle, or the gate blocked: the next one who comes, or begins any session, finds nobody there and removes them.</summary>
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
            Abandon(); // out of descriptors, or the place is gone: as with the gate blocked
        }
    }

    /// <summary>With the gate: this process does not count after all.</summary>
    public void Abandon()
    {
        _users?.Dispose();
        Files.Close(remove: false);
    }

    private SafeFileHandle? TryEnterGate(TimeSpan patience)
    {
        // The system knows no wait for a file's lock that ends after a time, so this asks again; a crowd that comes at once is through in milliseconds.
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

    private static void Refuse(string path)
    {
        if (!FileOwner.IsOurs(path) || new DirectoryInfo(path).LinkTarget is not null || !Directory.Exists(path))
        {
            throw new UnauthorizedAccessException(
                $"'{path}', where this user's programs meet by name, is another user's or a link: whoever made it could read and change what they share. Remove it, or name another place in {RootVariable}.");
        }

        if (PrivateDirectory.OpenTo(path) is { } mode)
        {
            throw new UnauthorizedAccessException(
                $"'{path}', where this user's programs meet by name, is open to others ({mode}): what lies there may be theirs. Remove it when no program uses it (it is made anew), or chmod it to 700 if you know what is in it.");
        }
    }
}

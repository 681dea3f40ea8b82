namespace Multiprocessing;

/// <summary>
/// Finds and removes shared memory that killed programs of this user left behind. A program that ends removes its own, also if it crashes, as long as
/// one of its processes lives for a moment longer; and every program that starts removes what it finds. So leftovers are memory of programs of which
/// all processes were killed at once, for as long as no other program starts.
/// </summary>
/// <remarks>
/// Both methods may be called by several threads and processes at once. What living programs use is never touched: a program counts as dead if its
/// root process has ended, by pid and start time, and no process holds the lock of its directory.
/// </remarks>
/// <example>
/// <code>
/// foreach (ProgramLeftover leftover in ProgramLeftovers.Remove())
/// {
///     Console.WriteLine(leftover.Error is null
///         ? $"removed {leftover.Path}: {leftover.Bytes} bytes of process {leftover.RootProcessId}"
///         : $"not removed: {leftover.Error}");
/// }
/// </code>
/// </example>
public static class ProgramLeftovers
{
    /// <summary>Returns the leftovers that exist now. Changes nothing.</summary>
    public static IReadOnlyList<ProgramLeftover> Find() =>
    [
        .. SessionSweep.Directories().Select(FindSession).OfType<ProgramLeftover>(),
        .. FindNamed().Select(DescribeNamed).OfType<ProgramLeftover>(),
    ];

    /// <summary>Removes the leftovers and kills the processes that survived the roots of their programs.</summary>
    /// <returns>
    /// The leftovers that were found. The property <see cref="ProgramLeftover.Error"/> of those that could not be removed has the reason.
    /// </returns>
    public static IReadOnlyList<ProgramLeftover> Remove() => [.. Find().Select(RemoveOne)];

    private static ProgramLeftover RemoveOne(ProgramLeftover found)
    {
        try
        {
            if (found.Kind == ProgramLeftoverKind.NamedObjects)
            {
                NamedDirectory.Sweep();
                return found;
            }

            SessionSweep.SweepOne(found.Path);
            return Directory.Exists(found.Path)
                ? found with { Error = $"'{found.Path}' still exists: another process holds its lock, and removes it." }
                : found;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return found with { Error = exception.Message };
        }
    }

    private static ProgramLeftover? FindSession(string path)
    {
        try
        {
            if (!SessionSweep.IsLeftover(path))
            {
                return null;
            }

            var (root, _, survivors) = SessionSweep.ReadRoot(path);
            var kind = Path.GetFileName(path).EndsWith(SessionDirectory.DraftEnding, StringComparison.Ordinal)
                ? ProgramLeftoverKind.Unfinished
                : ProgramLeftoverKind.Session;
            return Describe(path, kind) with { RootProcessId = root == 0 ? null : root, SurvivingProcessIds = survivors };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // a sweep of another process was faster
        }
    }

    private static IReadOnlyList<string> FindNamed()
    {
        try
        {
            return NamedDirectory.FindDeserted();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // a file in it belongs to another user
        }
    }

    private static ProgramLeftover? DescribeNamed(string path)
    {
        try
        {
            return Describe(path, ProgramLeftoverKind.NamedObjects);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // a sweep of another process was faster
        }
    }

    private static ProgramLeftover Describe(string path, ProgramLeftoverKind kind)
    {
        var directories = kind == ProgramLeftoverKind.NamedObjects ? SessionDirectory.OpenNamed(path) : SessionDirectory.Open(path);
        var files = new[] { path, directories.Second.FullPath }.OfType<string>().Where(Directory.Exists)
            .SelectMany(static directory => new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories)).ToList();
        return new ProgramLeftover
        {
            Path = path,
            Kind = kind,
            LastChange = Directory.GetLastWriteTimeUtc(path),
            FileCount = files.Count,
            Bytes = files.Sum(static file => file.Length),
        };
    }
}

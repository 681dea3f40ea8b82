namespace Multiprocessing;

/// <summary>The children of this process that have not ended, and their end when this process leaves.</summary>
internal static class ActiveChildren
{
    private static readonly TimeSpan GraceAtExit = TimeSpan.FromSeconds(1);
    private static readonly Lock Gate = new();
    private static readonly HashSet<ChildProcess> Children = [];
    private static bool _isSubscribed;

    public static IReadOnlyCollection<ChildProcess> Snapshot()
    {
        lock (Gate)
        {
            return [.. Children];
        }
    }

    public static void Add(ChildProcess child)
    {
        lock (Gate)
        {
            if (!_isSubscribed)
            {
                // Not in a static constructor: what fails there, because a place cannot be written at that moment, fails for the life of the process.
                Session.Current.Leaving += StopAll;
                _isSubscribed = true;
            }

            Children.Add(child);
        }
    }

    public static void Remove(ChildProcess child)
    {
        lock (Gate)
        {
            Children.Remove(child);
        }
    }

    /// <summary>
    /// At the normal end of this process, before it leaves the session: asks all children at once, gives them a second together, kills the rest. A forgotten child must neither
    /// outlive its parent nor keep it from ending. When this process dies without coming here, the children see their control channels end.
    /// </summary>
    public static void StopAll()
    {
        var children = Snapshot();
        foreach (var child in children)
        {
            child.Terminate(GraceAtExit);
        }

        foreach (var child in children)
        {
            if (!child.Join(GraceAtExit))
            {
                child.Kill();
                _ = child.Join(GraceAtExit);
            }
        }
    }
}

namespace Multiprocessing;

/// <summary>The children of this process that have not ended. Stops them when this process exits.</summary>
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
        ChildrenStatus.Begin();
        lock (Gate)
        {
            if (!_isSubscribed)
            {
                // Not in a static constructor: a failure there, for instance because a directory cannot be written, would last for the life of the
                // process.
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
    /// Runs at the normal exit of this process, before it leaves the session: asks all children to stop, gives them one second together, and kills
    /// the rest. A forgotten child must neither outlive its parent nor keep it from exiting. If this process is killed instead, the children see the
    /// end of their control channels.
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

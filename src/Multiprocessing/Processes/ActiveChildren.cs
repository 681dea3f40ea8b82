namespace Multiprocessing;

/// <summary>The children of this process that have not ended, and their end when this process leaves.</summary>
internal static class ActiveChildren
{
    private static readonly TimeSpan GraceAtExit = TimeSpan.FromSeconds(1);
    private static readonly Lock Gate = new();
    private static readonly HashSet<ChildProcess> Children = [];

    static ActiveChildren() => Session.Current.Leaving += StopAll;

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

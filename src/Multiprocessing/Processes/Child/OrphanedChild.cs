using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Ends a child whose parent has ended.</summary>
internal static class OrphanedChild
{
    /// <summary>
    /// Ends this process and its group at once. If the root of the session has ended too, no other process will clean up: the first process that
    /// notices kills every process of the session, stopped ones included, and removes its files. All descendants may do so at the same time.
    /// PR_SET_PDEATHSIG would be simpler, but the system sends it when the thread that started the child ends, and threads of the thread pool do end.
    /// </summary>
    public static void End()
    {
        try
        {
            if (Session.IsStarted && !Session.Current.RootIsAlive)
            {
                Session.Current.Destroy();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // The sweep of the next session removes what cannot be removed here. This process ends in any case.
        }

        if (Signals.OwnGroup == Environment.ProcessId)
        {
            _ = Signals.SendToGroup(Environment.ProcessId, Signals.Kill);
        }

        Signals.DieNow();
    }
}

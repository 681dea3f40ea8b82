using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The end of a child whose parent is gone.</summary>
internal static class OrphanedChild
{
    /// <summary>
    /// Ends this process and its group at once. When the root of the session is gone too, nobody else will clear up: whoever notices first kills
    /// every process of the session, stopped ones included, and removes its files. All descendants may do so at the same time.
    /// PR_SET_PDEATHSIG would be simpler, but it fires when the thread ends that started the child, and thread-pool threads do end.
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
            // What cannot be removed here is left to the next session's sweep; this process ends in any case.
        }

        if (Signals.OwnGroup == Environment.ProcessId)
        {
            _ = Signals.SendToGroup(Environment.ProcessId, Signals.Kill);
        }

        Signals.DieNow();
    }
}

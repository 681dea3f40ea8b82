using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// What a dead child leaves of children of its own. They end by themselves when they see that it is gone, stopped ones aside; but the one who would have told
/// the session of their end, and let go of what they held, was their parent. So the grandparent does both, before it says that the child is gone.
/// </summary>
internal static class OrphanReaper
{
    // SIGKILL takes milliseconds; longer only behind a device that does not answer. Then the others find out by their own checks.
    private const int PatienceMilliseconds = 1000;

    public static void Reap(Session session, ParticipantId parent)
    {
        var orphans = session.Liveness.ChildrenOf(parent);
        foreach (var orphan in orphans)
        {
            ProcessIdentity.KillIfRunning(orphan.ProcessId, orphan.StartTime);
            DiagnosticFiles.Delete(orphan.ProcessId, orphan.StartTime);
        }

        foreach (var orphan in orphans)
        {
            if (ProcessIdentity.WaitUntilGone(orphan.ProcessId, orphan.StartTime, PatienceMilliseconds))
            {
                session.Liveness.MarkDead(orphan.Id, new ParticipantExit(orphan.ProcessId, ExitReason.Killed, -1, Signals.Kill));
            }

            Reap(session, orphan.Id);
        }
    }
}

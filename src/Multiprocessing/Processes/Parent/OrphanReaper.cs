using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Handles the children of a dead child. They exit by themselves when they notice its end, except for stopped ones. But their parent would have
/// reported their end to the session and released what they held. So the grandparent does both, before it reports the end of the child.
/// </summary>
internal static class OrphanReaper
{
    // SIGKILL takes milliseconds; longer only for a process that waits for a device. Then the other processes detect the death themselves.
    private const int TimeoutMilliseconds = 1000;

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
            if (ProcessIdentity.WaitUntilGone(orphan.ProcessId, orphan.StartTime, TimeoutMilliseconds))
            {
                session.Liveness.MarkDead(orphan.Id, new ParticipantExit(orphan.ProcessId, ExitReason.Killed, -1, Signals.Kill));
            }

            Reap(session, orphan.Id);
        }
    }
}

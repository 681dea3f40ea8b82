using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The steps after a child has ended. Their order matters: first the frames, because the last one gives the reason. Then the child's process group,
/// while the zombie still reserves the process number. Then the output, which no process of the group can extend any more. Then the process is
/// reaped, the session is informed, and last the listener's waiters: when <c>Join</c> returns, all of it is done. A step that fails does not keep the
/// next ones from running.
/// </summary>
internal sealed class ChildEnding(ChildLink link)
{
    private ProcStat? _lastStat;
    private WaitStatus _status;

    /// <summary>Reads everything that the child has left, reaps it and closes its handles.</summary>
    public void Collect()
    {
        LastResort.Run(
            EntryPoint.ChildExit,
            () =>
            {
                link.Control.Settle();
                _ = link.ReadControl();
            },
            link.Lose);
        Attempt(() => _ = Signals.SendToGroup(link.ProcessId, Signals.Kill));
        Attempt(() => _lastStat = ProcessTable.TryReadStat(link.ProcessId));
        Attempt(() => link.Output?.ReadRest());
        Attempt(() => link.Error?.ReadRest());
        Attempt(() => _status = link.Reap());
        Attempt(link.Close);
    }

    /// <summary>Reports the end to the session and to the listener.</summary>
    public void Report()
    {
        var exit = new ParticipantExit(link.ProcessId, ExitReason.Unknown, -1, -1);
        Attempt(() => exit = link.Listener.OnExited(_status, _lastStat));
        try
        {
            Session.Current.Liveness.MarkDead(link.Participant, exit);
            OrphanReaper.Reap(Session.Current, link.Participant);
        }
        catch (Exception exception)
        {
            MultiprocessingLogging.DeathNotAnnounced(exception, link.ProcessId); // other processes detect the death themselves, a little later
        }

        LastResort.Run(EntryPoint.ChildExit, link.Listener.OnGone, link.Listener.OnGoneLost);
    }

    /// <summary>Runs a step; if it fails, once more. A second failure is ignored.</summary>
    private static void Attempt(Action step) => LastResort.Run(EntryPoint.ChildExit, step, _ => step());
}

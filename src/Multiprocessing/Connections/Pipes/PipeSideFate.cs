namespace Multiprocessing;

/// <summary>How the process ended that held an end of a pipe last.</summary>
/// <param name="ProcessId">Its pid; 0 if no process is known.</param>
/// <param name="Status">How it ended; null if it released the end and still runs.</param>
internal readonly record struct PipeSideFate(int ProcessId, ExitStatus? Status)
{
    /// <summary>
    /// Reads the rows of a closed end: the holder that closed it by its release has a flag; otherwise the last holder has died, and is the one whose
    /// death is not noted in the segment, because the death of a holder is noted only where others still hold the segment.
    /// </summary>
    public static unsafe PipeSideFate Find(Session session, Segment segment)
    {
        var rows = (PipeSideRow*)(segment.Base + PipeSideLayout.RowsOffset);
        var noted = Volatile.Read(ref segment.Header->LastReleaser);
        var best = default(PipeSideFate);
        var bestRank = -1;
        for (var slot = 0; slot < ParticipantTable.Capacity; slot++)
        {
            var row = rows[slot];
            var holder = new ParticipantId(slot, row.Generation);
            if (row.Generation == 0 || (row.State & PipeSideRow.PassedOn) != 0 || !session.Participants.IsCurrent(holder))
            {
                continue;
            }

            var exit = session.Liveness.ExitOf(holder) ?? session.Liveness.SelfReported(holder);
            var rank = (row.State & PipeSideRow.Closed) != 0 ? 3
                : (row.State & PipeSideRow.Released) != 0 ? 0
                : noted == (((long)row.Generation << 32) | (uint)(slot + 1)) ? 1 : 2;
            if (rank > bestRank)
            {
                bestRank = rank;
                best = new PipeSideFate(session.Participants.ProcessIdOf(slot), exit?.ToExitStatus());
            }
        }

        return best;
    }

    /// <summary>Completes a sentence that ends with the process, and adds the way out.</summary>
    public ConnectionClosedException ToError(string sentence, string wayOut)
    {
        var how = (ProcessId, Status) switch
        {
            (0, _) => "has ended",
            (_, null) => ProcessId == Environment.ProcessId
                ? $"(this process, pid {ProcessId}) has disposed it"
                : $"(pid {ProcessId}) has disposed it",
            _ => $"(pid {ProcessId}) has ended: {Status}",
        };
        return new ConnectionClosedException($"{sentence} {how}. {wayOut}", ProcessId, Status);
    }
}

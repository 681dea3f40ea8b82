namespace Multiprocessing;

internal sealed unsafe partial class QueueCore
{
    /// <summary>Takes all items and ends the flight of the handles in them, without rebuilding the items.</summary>
    internal void DropUnreadItems()
    {
        var scratch = ScratchBuffer.Rent();
        try
        {
            while (true)
            {
                var sink = new ItemTrailer.Sink(scratch);
                if (Take(ref sink, 1, out _, Deadline.Now, default) is QueueOutcome.Done)
                {
                    KillPoints.Pass(KillPoint.DropTaken);
                    for (var i = 0; i < sink.Count; i++)
                    {
                        EndTravel(((long*)scratch.Start)[i]);
                    }
                }
                else if (sink.Wanted > 0)
                {
                    scratch.Grow(sink.Wanted);
                }
                else
                {
                    return;
                }
            }
        }
        finally
        {
            scratch.Return(used: 0);
        }
    }

    /// <summary>A queue whose handle lies in this one may have unread items of its own: it is opened and released like any other.</summary>
    private void EndTravel(long word)
    {
        var session = HandleWord.SessionOf(ref word, Session);
        var id = SegmentId.FromWord(word);
        var isQueue = !session.HasLeft && session.Segments.IsCurrent(id) && session.Segments[id.Index]->Kind == (int)SegmentKind.Queue;
        var inner = isQueue ? Open(session, id) : null;
        KillPoints.Pass(KillPoint.DropOpened);
        session.Segments.AddInFlight(id, -1);
        KillPoints.Pass(KillPoint.DropInFlightEnded);
        if (inner is not null)
        {
            session.Objects.Release(inner);
        }
    }
}

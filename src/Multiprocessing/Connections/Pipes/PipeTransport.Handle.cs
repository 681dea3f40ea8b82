namespace Multiprocessing;

/// <summary>How an end of a pipe crosses to another process.</summary>
internal sealed partial class PipeTransport
{
    public override void WriteHandle(HandleWriter writer)
    {
        ThrowIfDisposed();
        var session = _end.Session;
        if (writer.SenderKeepsReferences)
        {
            writer.AddTravelling(_end.KeepEndForBody());
        }
        else
        {
            if (!session.Segments.IsCurrent(_end.Segment.Id))
            {
                _end.Use(); // throws: it was passed on, and is closed
            }

            // The queues after the end: a message that no process reads releases the end first, and then wakes the waiters of the queues.
            writer.AddTravelling(_end.StartTravel());
            Travel(writer, _incoming);
            Travel(writer, _outgoing);
        }

        writer.Write(_end.Segment.Id.ToWord());
        writer.Write(_end.Peer.ToWord());
        writer.Write(WordOf(_incoming));
        writer.Write(WordOf(_outgoing));
        writer.Write(writer.SenderKeepsReferences ? 0 : session.Self.Generation);
        writer.Write(session.Self.Slot);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// This process becomes a holder, then the sender ceases to be one, then the handle does not count as in flight any more: the end always has a
    /// holder. Killed in between: <see cref="PipeSide"/> has the sentence.
    /// </summary>
    public static PipeTransport Read(ref HandleReader reader)
    {
        var ids = new PipeSideIds(Id(ref reader), Id(ref reader), Id(ref reader), Id(ref reader));
        var sender = new ParticipantId(Generation: reader.Read<int>(), Slot: reader.Read<int>());
        var session = Session.Current;
        var travels = sender.Generation != 0;
        try
        {
            var end = PipeSide.Open(session, in ids) ?? throw new InvalidOperationException(
                "The end of a pipe in a message cannot be opened: it was closed when the last process that held it ended. Create a new pipe.");
            end.Arrive();
            KillPoints.Pass(KillPoint.EndArrived);
            if (travels)
            {
                end.ReleaseSender(sender);
            }

            return new PipeTransport(end);
        }
        finally
        {
            if (travels)
            {
                EndTravel(session, ids.End);
                EndTravel(session, ids.Incoming);
                EndTravel(session, ids.Outgoing);
            }
        }
    }

    private static SegmentId Id(ref HandleReader reader) => SegmentId.FromWord(reader.Read<long>());

    private static long WordOf(QueueCore? queue) => queue?.Segment.Id.ToWord() ?? 0;

    private static void Travel(HandleWriter writer, QueueCore? queue)
    {
        if (queue is not null)
        {
            writer.AddTravelling(queue.StartTravel());
        }
    }

    private static void EndTravel(Session session, SegmentId id)
    {
        if (!id.IsNone)
        {
            session.Segments.AddInFlight(id, -1);
        }
    }
}

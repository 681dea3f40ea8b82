namespace Multiprocessing;

/// <summary>What this process knows of one shared object; all wrappers of it in this process share it. The session counts them.</summary>
internal abstract unsafe class SharedObject(Session session, Segment segment)
{
    public Session Session { get; } = session;

    public Segment Segment { get; } = segment;

    /// <summary>What the segment's head said when this process mapped it; the head itself is not asked again.</summary>
    public SegmentShape Shape { get; } = segment.Shape
        ?? throw new InvalidDataException($"The head of segment {segment.Id.Index}-{segment.Id.Generation} makes no sense: somebody has written over it.");

    /// <summary>Wrappers in this process; guarded by the session.</summary>
    internal int References { get; set; }

    /// <summary>Bodies of children that this process starts and that carry a handle of the object; guarded by the session.</summary>
    internal int InBodies;

    /// <summary>This process lets go: called once per hold, before the hold is released, and while other threads may still be inside an operation.</summary>
    internal abstract void Detach();

    /// <summary>Asynchronous waiters of this process look again at what they wait for.</summary>
    internal abstract void ScanAsync();

    /// <summary>Wakes everybody who sleeps on the object, in all processes.</summary>
    internal void WakeAll()
    {
        for (var i = 0; i < Shape.WaitPointCount; i++)
        {
            var point = (WaitPoint*)(Segment.Base + Shape.WaitPointOffset) + i;
            WaitPoint.WakeAll(point);
            if (Volatile.Read(ref point->AsyncArmed) != 0)
            {
                Session.Doorbells.Ring(point);
            }
        }

        GC.KeepAlive(Segment);
    }

    /// <summary>Takes one hold for a message. The other side registers as a holder first and only then ends the travel, so the segment is never unheld in between.</summary>
    public TravellingSegment StartTravel() => Session.Segments.Travel(Segment.Id, +1)
        ? new TravellingSegment(Session, Segment.Id)
        : throw new ObjectDisposedException(GetType().Name, "The shared memory is gone: its session has ended.");

    /// <summary>Takes one reference of this process for the body of a child, which becomes a holder of its own when it reads it.</summary>
    public ITravellingReference KeepForBody() => Session.KeepForBody(this);
}

/// <summary>
/// A handle in a message that nobody has read yet. Whoever reads the message ends the travel; if it dies in the middle of that, the count stays and with it the segment,
/// until the session ends. The body of a child is not exposed to that: its parent stays a holder until the child has read it or is gone (<see cref="KeptObject"/>).
/// </summary>
internal sealed class TravellingSegment(Session session, SegmentId id) : ITravellingReference
{
    public SegmentId Id { get; } = id;

    /// <summary>As it stands in a message.</summary>
    public long Word => session.HandleOf(Id);

    public bool IsNamed => session.IsNamed;

    public void Cancel() => session.Segments.Travel(Id, -1);
}

/// <summary>A handle in the body of a child. It is a reference of the parent's own, and no travel: killed at any time, the parent's hold goes as all its holds do.</summary>
internal sealed class KeptObject(SharedObject kept) : ITravellingReference
{
    public void Cancel() => kept.Session.ReleaseFromBody(kept);
}

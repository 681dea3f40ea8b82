namespace Multiprocessing;

/// <summary>
/// One shared object as this process knows it. All its wrappers in this process share it; the <see cref="ObjectRegistry"/> counts them.
/// </summary>
internal abstract unsafe class SharedObject(Session session, Segment segment)
{
    public Session Session { get; } = session;

    public Segment Segment { get; } = segment;

    /// <summary>Gets the shape of the segment as its header described it when this process mapped it. The header is not read again.</summary>
    public SegmentShape Shape { get; } = segment.Shape
        ?? throw new InvalidDataException($"The header of segment {segment.Id.Index}-{segment.Id.Generation} is damaged: a process has written over "
            + "it.");

    /// <summary>Gets or sets the number of references of this process: wrappers and bodies of children. Guarded by the registry's gate.</summary>
    internal int References { get; set; }

    /// <summary>
    /// The number of bodies of children that this process starts and that contain a handle of the object. Guarded by the registry's gate.
    /// </summary>
    internal int InBodies;

    /// <summary>
    /// The object in an earlier segment with the same index, to which this process still has references. Guarded by the registry's gate.
    /// </summary>
    internal SharedObject? EarlierAtIndex;

    /// <summary>
    /// The number of times that a reference was taken without one that existed: by opening, or by <see cref="ObjectRegistry.TryTakeAlone"/>. Guarded
    /// by the registry's gate.
    /// </summary>
    internal int Openings;

    /// <summary>Gets whether the mapping is kept for a while after the last reference, because the segment is expected to return.</summary>
    internal virtual bool KeepsMapping => false;

    /// <summary>
    /// Ends the use of the object by this process. Called once, before the hold on the segment is released, while other threads may still be inside
    /// an operation.
    /// </summary>
    internal abstract void Detach();

    /// <summary>Wakes all waiters of the object in all processes.</summary>
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

    /// <summary>
    /// Counts a handle in a message. The receiver registers as a holder before it ends the transit, so the segment is never without a holder.
    /// </summary>
    public virtual TravellingSegment StartTravel() => Session.Segments.AddInFlight(Segment.Id, +1)
        ? new TravellingSegment(Session, Segment.Id)
        : throw new ObjectDisposedException(GetType().Name, "The shared memory has been freed: its session has ended.");

    /// <summary>Adds a reference of this process for the body of a child. The child becomes a holder of its own when it reads the body.</summary>
    public ITravellingReference KeepForBody() => Session.Objects.KeepForBody(this);
}

/// <summary>
/// A handle in flight, in a message that has not been read. The receiver ends the transit. If it dies while it does so, the count remains, and with
/// it the segment, until the session ends. The body of a child has no such window: its parent remains a holder until the child has read the body or
/// has exited (<see cref="KeptObject"/>).
/// </summary>
internal class TravellingSegment(Session session, SegmentId id) : ITravellingReference
{
    public SegmentId Id { get; } = id;

    /// <summary>Gets the handle as it is written into a message.</summary>
    public long Word => HandleWord.Of(session, Id);

    public bool IsNamed => session.IsNamed;

    public void Cancel() => session.Segments.AddInFlight(Id, -1);
}

/// <summary>
/// A handle in the body of a child. It is a reference of the parent and not in flight: if the parent is killed, its hold is released like all its
/// holds.
/// </summary>
internal sealed class KeptObject(SharedObject kept) : ITravellingReference
{
    public void Cancel() => kept.Session.Objects.ReleaseFromBody(kept);
}

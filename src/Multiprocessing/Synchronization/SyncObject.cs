namespace Multiprocessing;

/// <summary>
/// A segment that holds one synchronization primitive and nothing else, or plain memory and the lock that guards it (<see cref="SharedBlock"/>). The
/// primitive's behavior is in its <see cref="Core"/>, which could also lie in any other segment.
/// </summary>
internal sealed unsafe class SyncObject : SharedObject
{
    private SyncObject(Session session, Segment segment)
        : base(session, segment)
    {
        var frame = (SyncFrame*)segment.Base;
        Core = (SegmentKind)frame->Header.Kind switch
        {
            SegmentKind.Lock or SegmentKind.Array or SegmentKind.Memory => new LockCore(this, frame),
            SegmentKind.Semaphore => new SemaphoreCore(this, frame),
            SegmentKind.Event => new EventCore(this, frame),
            SegmentKind.Barrier => new BarrierCore(this, frame),
            SegmentKind.ReaderWriterLock => new ReaderWriterCore(this, frame),
            SegmentKind.Condition => new ConditionCore(this, frame),
            var kind => throw new InvalidDataException(
                $"Segment {segment.Id.Index}-{segment.Id.Generation} is not a lock, semaphore, event, condition, barrier or memory, but a {kind}."),
        };
    }

    public SyncCore Core { get; }

    /// <param name="session">The session.</param>
    /// <param name="kind">The kind of primitive.</param>
    /// <param name="bytes">The size of the segment.</param>
    /// <param name="fill">Writes the kind's state; no other process sees the frame yet, and all of it is zero.</param>
    public static SyncObject Create(Session session, SegmentKind kind, long bytes, FrameWriter fill) =>
        session.Objects.Create(kind, bytes, segment =>
        {
            var frame = (SyncFrame*)segment.Base;
            ref var header = ref frame->Header;
            header.LayoutVersion = SegmentHeader.ExpectedVersion;
            header.Kind = (int)kind;
            header.LockOffset = (int)((byte*)&frame->Lock - (byte*)frame);
            header.LockCount = 1;
            header.WaitPointOffset = (int)((byte*)&frame->Point - (byte*)frame);
            header.WaitPointCount = 1;
            fill(frame);
            Volatile.Write(ref header.Magic, SegmentHeader.ExpectedMagic);
            var created = new SyncObject(session, segment);
            created.Core.Attach();
            return created;
        });

    /// <param name="session">The session.</param>
    /// <param name="id">The segment.</param>
    /// <param name="kind">The expected kind; memory of either kind also serves as the other, and as a lock.</param>
    /// <returns>Null if the segment does not exist any more.</returns>
    public static SyncObject? Open(Session session, SegmentId id, SegmentKind kind) =>
        session.Objects.Open(id, segment =>
        {
            var found = (SegmentKind)segment.Header->Kind;
            if (found != kind
                && !(found is SegmentKind.Array or SegmentKind.Memory && kind is SegmentKind.Array or SegmentKind.Memory or SegmentKind.Lock))
            {
                throw new InvalidDataException($"Segment {id.Index}-{id.Generation} is not a {kind}, but a {found}.");
            }

            var opened = new SyncObject(session, segment);
            opened.Core.Attach();
            return opened;
        });

    internal override void Detach() => Core.Detach();

    public delegate void FrameWriter(SyncFrame* frame);
}

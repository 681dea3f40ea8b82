namespace Multiprocessing;

/// <summary>
/// The memory of a <see cref="SharedBuffer{T}"/>: a page with the segment's header, then the bytes. It has no lock and no wait point. Its mapping
/// outlasts the last reference for a while, because memory from a pool returns.
/// </summary>
internal sealed unsafe class BufferObject : SharedObject
{
    public const int DataOffset = 4096;

    private BufferObject(Session session, Segment segment)
        : base(session, segment)
    {
        if (segment.Header->Kind != (int)SegmentKind.Buffer)
        {
            throw new InvalidDataException(
                $"Segment {segment.Id.Index}-{segment.Id.Generation} is not a buffer, but a {(SegmentKind)segment.Header->Kind}.");
        }
    }

    public byte* Start => Segment.Base + DataOffset;

    /// <summary>Gets the number of bytes, which may be more than the user asked for.</summary>
    public long Capacity => Segment.Size - DataOffset;

    /// <summary>Gets or sets the time at which the pool handed it out last.</summary>
    public long RentedAt { get; set; }

    internal override bool KeepsMapping => true;

    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public static BufferObject Create(Session session, long bytes) => session.Objects.Create(SegmentKind.Buffer, DataOffset + bytes, segment =>
    {
        // One call that prepares all pages costs a quarter of the faults.
        Platform.MappedFile.TouchAll(segment.Base, segment.Size);
        var header = segment.Header;
        header->LayoutVersion = SegmentHeader.ExpectedVersion;
        header->Kind = (int)SegmentKind.Buffer;
        Volatile.Write(ref header->Magic, SegmentHeader.ExpectedMagic);
        return new BufferObject(session, segment);
    });

    /// <summary>Opens the memory that a handle names.</summary>
    /// <param name="session">The session.</param>
    /// <param name="id">The segment.</param>
    /// <param name="arrives">Whether the handle was in flight, which ends here.</param>
    /// <returns>Null if it has been freed.</returns>
    public static BufferObject? Open(Session session, SegmentId id, bool arrives) => ReferenceEquals(session, Session.Current)
        ? session.Objects.Open(id, static segment => new BufferObject(Session.Current, segment), arrives)
        : session.Objects.Open(id, segment => new BufferObject(session, segment), arrives);

    public override TravellingSegment StartTravel() => Session.Segments.AddInFlight(Segment.Id, +1)
        ? new TravellingBuffer(this)
        : throw new ObjectDisposedException(nameof(SharedBuffer<byte>), "The shared memory has been freed: its session has ended.");

    internal override void Detach()
    {
    }
}

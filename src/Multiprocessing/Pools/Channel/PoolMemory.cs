using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>A segment of a pool as this process has it mapped: a worker's channel, or the bell.</summary>
internal sealed unsafe class PoolSegment(Session session, Segment segment) : SharedObject(session, segment)
{
    internal override void Detach()
    {
    }
}

/// <summary>
/// One reference to a <see cref="PoolSegment"/>, of the pool or, sent in its body, of a worker. The last reference of a process releases its hold.
/// </summary>
internal sealed unsafe class PoolMemory : IProcessHandle<PoolMemory>, IDisposable
{
    private readonly PoolSegment _shared;
    private int _released;

    private PoolMemory(PoolSegment shared) => _shared = shared;

    ~PoolMemory() => LastResort.Finalize(this, static memory => memory.Release());

    /// <remarks>Safety: valid until <see cref="Dispose"/>; the ends of a channel are disposed or abandoned before it.</remarks>
    public byte* Base => _shared.Segment.Base;

    public SegmentId Id => _shared.Segment.Id;

    public Session Session => _shared.Session;

    public static PoolMemory CreateChannel(Session session) =>
        Create(session, ChannelLayout.Bytes, (int)Marshal.OffsetOf<ChannelLayout>(nameof(ChannelLayout.Requests)), 3);

    public static PoolMemory CreateBell(Session session) =>
        Create(session, sizeof(BellLayout), (int)Marshal.OffsetOf<BellLayout>(nameof(BellLayout.Replies)), 1);

    /// <summary>Returns another reference of this process, for a worker that is a thread of it.</summary>
    public PoolMemory Share() => Open(Session, Id);

    private static PoolMemory Create(Session session, long bytes, int pointOffset, int points) =>
        new(session.Objects.Create(SegmentKind.Pool, bytes, segment =>
        {
            var header = segment.Header;
            header->LayoutVersion = SegmentHeader.ExpectedVersion;
            header->Kind = (int)SegmentKind.Pool;
            header->WaitPointOffset = pointOffset;
            header->WaitPointCount = points;
            Volatile.Write(ref header->Magic, SegmentHeader.ExpectedMagic);
            return new PoolSegment(session, segment);
        }));

    private static PoolMemory Open(Session session, SegmentId id) =>
        new(session.Objects.Open(id, segment => new PoolSegment(session, segment))
            ?? throw new InvalidOperationException("The pool's shared memory has been freed: its session has ended."));

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_shared is not null && Interlocked.Exchange(ref _released, 1) == 0)
        {
            _shared.Session.Objects.Release(_shared);
        }
    }

    void IProcessHandle<PoolMemory>.WriteHandle(HandleWriter writer)
    {
        Debug.Assert(writer.SenderKeepsReferences, "The memory of a pool is sent in the body of a worker only, whose sender keeps the references.");
        writer.AddTravelling(_shared.KeepForBody());
        writer.Write(_shared.Segment.Id.ToWord());
        GC.KeepAlive(this);
    }

    /// <summary>The parent stays a holder until this body was read, so no count of segments in flight changes.</summary>
    static PoolMemory IProcessHandle<PoolMemory>.ReadHandle(ref HandleReader reader) =>
        Open(Session.Current, SegmentId.FromWord(reader.Read<long>()));
}

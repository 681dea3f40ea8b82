namespace Multiprocessing.Tests.Synchronization;

/// <summary>A few numbers in shared memory without any protection, for tests of what protects.</summary>
internal sealed unsafe class SharedCells : IProcessHandle<SharedCells>, IDisposable
{
    private readonly Memory _memory;
    private int _disposed;

    public SharedCells()
        : this(Session.Current.Objects.Create(SegmentKind.Other, 8192, static segment =>
        {
            segment.Header->LayoutVersion = SegmentHeader.ExpectedVersion;
            segment.Header->Kind = (int)SegmentKind.Other;
            segment.Header->Magic = SegmentHeader.ExpectedMagic;
            return new Memory(Session.Current, segment);
        }))
    {
    }

    private SharedCells(Memory memory) => _memory = memory;

    ~SharedCells() => Dispose();

    public ref long this[int index] => ref ((long*)(_memory.Segment.Base + 4096))[index];

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _memory.Session.Objects.Release(_memory);
            GC.SuppressFinalize(this);
        }
    }

    void IProcessHandle<SharedCells>.WriteHandle(HandleWriter writer)
    {
        writer.AddTravelling(writer.SenderKeepsReferences ? _memory.KeepForBody() : _memory.StartTravel());
        writer.Write(_memory.Segment.Id.ToWord());
        writer.Write((byte)(writer.SenderKeepsReferences ? 1 : 0));
    }

    static SharedCells IProcessHandle<SharedCells>.ReadHandle(ref HandleReader reader)
    {
        var id = SegmentId.FromWord(reader.Read<long>());
        var opened = new SharedCells(Session.Current.Objects.Open(id, static segment => new Memory(Session.Current, segment))
            ?? throw new InvalidOperationException("The cells do not exist any more.")); // or its finalizer would fail
        if (reader.Read<byte>() == 0)
        {
            Session.Current.Segments.AddInFlight(id, -1);
        }

        return opened;
    }

    private sealed class Memory(Session session, Segment segment) : SharedObject(session, segment)
    {
        internal override void Detach()
        {
        }
    }
}

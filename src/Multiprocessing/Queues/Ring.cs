namespace Multiprocessing;

/// <summary>
/// One ring of a queue as mapped into this process. The producers' and the consumers' side of the process each keep their current ring, and use it
/// only under their lock; so it is unmapped, when both have left it, while no thread can be using it.
/// </summary>
internal sealed unsafe class Ring
{
    public const long FirstChainedBytes = 64 << 10;
    public const long LargestUsual = 4 << 20;
    private const long LargestWithRoomForMore = 64 << 20;
    private const int RoomForHowMany = 4;

    private readonly Segment _segment;
    private readonly RingHeader* _header;
    private readonly byte* _data;
    private readonly long _mask;
    private readonly bool _isFirst;
    private int _users = 1;

    private Ring(Segment segment, long word, RingHeader* header, byte* data, long size)
    {
        _segment = segment;
        Word = word;
        _header = header;
        _data = data;
        Size = size;
        _isFirst = word == 0;

        // A ring for one large message has exactly its size; only the others can use a mask.
        _mask = (size & (size - 1)) == 0 ? size - 1 : -1;
    }

    public long Word { get; }

    public long Size { get; }

    /// <summary>A commit has linked it: it belongs to the chain and not to the producer that made it.</summary>
    public bool IsLinked { get; set; }

    public long Base => _header->Base;

    public SegmentId Id => SegmentId.FromWord(Word);

    public static Ring First(Segment control) =>
        new(control, 0, &((QueueControl*)control.Base)->FirstRing, control.Base + QueueControl.DataOffset, QueueControl.FirstRingBytes);

    public static Ring Chained(Segment segment) =>
        new(
            segment,
            segment.Id.ToWord(),
            (RingHeader*)(segment.Base + RingHeader.Offset),
            segment.Base + RingHeader.DataOffset,
            segment.Size - RingHeader.DataOffset);

    /// <summary>
    /// The size of the ring after one of <paramref name="current"/> bytes that is to take a record of <paramref name="need"/> bytes, in a queue with
    /// these limits.
    /// </summary>
    public static long NextSize(long current, long need, long maxBytes, long capacity)
    {
        var size = Math.Clamp(current * 2, FirstChainedBytes, LargestUsual);

        // A queue with a small limit needs no larger ring, whose first use costs a page fault for every 4096 bytes. If items of this size fit into
        // the current one, as many as there may be, it is full of larger ones.
        var most = capacity > LargestUsual / need ? LargestUsual : Math.Max(current, capacity * need);
        var limit = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Min(Math.Min(maxBytes, most), LargestUsual));
        size = Math.Min(size, Math.Max(FirstChainedBytes, limit));
        var roomy = need > long.MaxValue / 16 ? long.MaxValue : (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)(need * RoomForHowMany));
        if (size < roomy)
        {
            size = Math.Max(size, Math.Min(roomy, LargestWithRoomForMore));
        }

        // A much larger one would mostly cost the clearing of memory: then exactly the size needed.
        return need + RecordHeader.LinkReserve <= size ? size : (need + RecordHeader.LinkReserve + 4095) & ~4095L;
    }

    public byte* At(long position)
    {
        var offset = position - _header->Base;
        return _data + (_mask >= 0 ? offset & _mask : offset % Size);
    }

    /// <summary>The bytes from <paramref name="position"/> to the end of the memory.</summary>
    public long ToEnd(long position)
    {
        var offset = position - _header->Base;
        return Size - (_mask >= 0 ? offset & _mask : offset % Size);
    }

    /// <summary>
    /// Whether a record of <paramref name="need"/> bytes, and later a link, fit behind <paramref name="head"/>; <paramref name="pad"/> bytes must be
    /// skipped first.
    /// </summary>
    public bool Fits(long head, long tail, long need, out long pad)
    {
        // A tail before this ring is in an earlier ring: nothing was taken from this one yet.
        var free = Size - (head - Math.Max(tail, _header->Base));
        var toEnd = ToEnd(head);
        pad = need <= toEnd ? 0 : toEnd;
        return pad + need + RecordHeader.LinkReserve <= free;
    }

    /// <summary>Under the write lock, before it is linked.</summary>
    public void BeginAt(long position) => _header->Base = position;

    public Ring Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0 && !_isFirst)
        {
            _segment.Unmap();
        }
    }
}

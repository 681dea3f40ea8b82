using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The content of one commit of a put. Positions count bytes since the queue's creation and never wrap.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct PutState
{
    public const int Size = 24;

    /// <summary>The position of the next record.</summary>
    [FieldOffset(0)]
    public long Head;

    /// <summary>The number of items ever put.</summary>
    [FieldOffset(8)]
    public long Items;

    /// <summary>The ring of that position, as <see cref="SegmentId.ToWord"/>; 0 for the one inside the control segment.</summary>
    [FieldOffset(16)]
    public long Ring;
}

/// <summary>The content of one commit of a take or of a mark.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct GotState
{
    public const int Size = 56;

    [FieldOffset(0)]
    public long Tail;

    /// <summary>The number of items ever taken.</summary>
    [FieldOffset(8)]
    public long Items;

    [FieldOffset(16)]
    public long Ring;

    /// <summary>The number of items ever marked done or lost.</summary>
    [FieldOffset(24)]
    public long Done;

    /// <summary>The number of those that were lost.</summary>
    [FieldOffset(32)]
    public long Lost;

    /// <summary>The participant whose row this commit changes: generation:32 | slot+1:32; 0 for none.</summary>
    [FieldOffset(40)]
    public long Taker;

    /// <summary>The row's <see cref="QueueRow.InHand"/> after it.</summary>
    [FieldOffset(48)]
    public int InHand;
}

/// <summary>A participant's unmarked items: 8 bytes, changed under the read lock.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct QueueRow
{
    public const int Size = 8;

    [FieldOffset(0)]
    public int Generation;

    /// <summary>The number of items taken and not marked done by this participant; negative for one that marks what others took.</summary>
    [FieldOffset(4)]
    public int InHand;
}

/// <summary>
/// The first 8 KiB of a queue's segment; its first ring follows. What producers write and what consumers write lie on different 128-byte lines.
/// <para>
/// The commit: state[(sequence + 1) &amp; 1] is filled, then one release store raises the sequence. Before it nothing of the operation is visible,
/// after it all of it is: a process killed anywhere leaves nothing to repair but the lock word, and on the consumers' side the copy of one row, which
/// the commit carries.
/// </para>
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct QueueControl
{
    public const int Size = 4096;
    public const int RowsOffset = 4096;
    public const int DataOffset = 8192;
    public const int FirstRingBytes = 32 << 10;
    public const int SegmentBytes = DataOffset + FirstRingBytes;
    public const int MaxName = 48;
    public const int MaxItemType = 128;

    [FieldOffset(0)]
    public SegmentHeader Header;

    /// <summary><see cref="long.MaxValue"/> for none.</summary>
    [FieldOffset(128)]
    public long Capacity;

    [FieldOffset(136)]
    public long MaxBytes;

    /// <summary>-1 for infinite.</summary>
    [FieldOffset(144)]
    public long OrphanGraceMilliseconds;

    /// <summary>The size of an item that is copied as it lies in memory; 0 when items are serialized.</summary>
    [FieldOffset(152)]
    public int RawSize;

    /// <summary>Set under the write lock, never cleared.</summary>
    [FieldOffset(156)]
    public int Completed;

    /// <summary>The participant that created the queue, and whether another one ever held it.</summary>
    [FieldOffset(160)]
    public long FirstHolder;

    [FieldOffset(168)]
    public int EverShared;

    /// <summary>
    /// The segment with the error that the queue was completed with, or 0. Written before <see cref="Completed"/>, under the write lock.
    /// </summary>
    [FieldOffset(176)]
    public long Error;

    [FieldOffset(256)]
    public int WriteLock;

    /// <summary>The consumers' state as the producers last read it: a bound, read again when it says full. Under the write lock.</summary>
    [FieldOffset(264)]
    public long WriterSeesItems;

    [FieldOffset(272)]
    public long WriterSeesTail;

    /// <summary>The session's count of deaths when leftover rings were collected last. Under the write lock.</summary>
    [FieldOffset(280)]
    public int CollectedDeaths;

    [FieldOffset(384)]
    public long PutSequence;

    [FieldOffset(392)]
    public PutState Put0;

    [FieldOffset(416)]
    public PutState Put1;

    [FieldOffset(512)]
    public int ReadLock;

    /// <summary>The producers' state as the consumers last read it: a bound, read again when it says empty. Under the read lock.</summary>
    [FieldOffset(520)]
    public long ReaderSeesItems;

    [FieldOffset(640)]
    public long GotSequence;

    [FieldOffset(648)]
    public GotState Got0;

    [FieldOffset(704)]
    public GotState Got1;

    /// <summary>Held by the producer that makes the next ring, so that not all producers make one when a ring is full.</summary>
    [FieldOffset(768)]
    public int ChainLock;

    /// <summary>
    /// A drained ring kept for reuse, or 0. Stored by a consumer (CAS, under the read lock), taken by a producer (under the write lock).
    /// </summary>
    [FieldOffset(776)]
    public long Spare;

    /// <summary>
    /// A producer once waited for bytes and not for a slot: from then on consumers wake all producers, because the one whose item fits may not be the
    /// first.
    /// </summary>
    [FieldOffset(784)]
    public int BytesWanted;

    /// <summary>Consumers wait here for items.</summary>
    [FieldOffset(896)]
    public WaitPoint Data;

    /// <summary>Producers wait here for room.</summary>
    [FieldOffset(1024)]
    public WaitPoint Space;

    /// <summary>Waits for all items to be done take place here.</summary>
    [FieldOffset(1152)]
    public WaitPoint Done;

    /// <summary>The participant that lost items last: generation:32 | slot+1:32. Written before the commit that counts them.</summary>
    [FieldOffset(1280)]
    public long LastLost;

    [FieldOffset(1288)]
    public int LastLostProcessId;

    /// <summary>The part of <see cref="GotState.Lost"/> that was reported.</summary>
    [FieldOffset(1296)]
    public long LostReported;

    /// <summary>How many waits for an item slept, or were suspended; not those that ended by spinning. For observers only.</summary>
    [FieldOffset(1304)]
    public long GetWaits;

    /// <summary>The same for waits for room.</summary>
    [FieldOffset(1312)]
    public long PutWaits;

    [FieldOffset(1408)]
    public RingHeader FirstRing;

    [FieldOffset(1536)]
    public fixed char Name[MaxName];

    /// <summary>The type of the items, as C# writes it; its end, if it is longer. Written by the creator, for observers only.</summary>
    [FieldOffset(1664)]
    public fixed char ItemType[MaxItemType];
}

/// <summary>
/// A ring's header. A chained ring has it at <see cref="RingHeader.Offset"/> of its segment, and its data at <see cref="RingHeader.DataOffset"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct RingHeader
{
    public const int Offset = SegmentHeader.Size;
    public const int DataOffset = 4096;

    /// <summary>
    /// The position at which the ring begins. Written under the write lock before the ring is linked; a ring that is used again begins elsewhere.
    /// </summary>
    [FieldOffset(0)]
    public long Base;
}

/// <summary>The kind of a record.</summary>
internal enum RecordKind
{
    Item = 0x51,

    /// <summary>Padding: the next record begins at the start of the ring.</summary>
    Pad = 0x52,

    /// <summary>The word of the ring in which the stream continues.</summary>
    Link = 0x53,
}

/// <summary>A record's header: kind:8 | length:56 (from the high byte down); records begin at multiples of 8 and do not wrap.</summary>
internal static class RecordHeader
{
    public const int Size = 8;
    public const int LinkBytes = 16;

    /// <summary>Always kept free behind an item: a pad's header and a link.</summary>
    public const int LinkReserve = LinkBytes + Size;
    private const int KindShift = 56;

    public static ulong Make(RecordKind kind, long length) => ((ulong)kind << KindShift) | (ulong)length;

    public static RecordKind KindOf(ulong header) => (RecordKind)(header >> KindShift);

    public static long LengthOf(ulong header) => (long)(header & ((1UL << KindShift) - 1));

    public static long BytesFor(long length) => Size + ((length + 7) & ~7L);
}

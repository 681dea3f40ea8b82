using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>What one commit of a put says. Positions count bytes from the queue's birth on and never wrap.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct PutState
{
    public const int Size = 24;

    /// <summary>Where the next record goes.</summary>
    [FieldOffset(0)]
    public long Head;

    /// <summary>How many items were ever put.</summary>
    [FieldOffset(8)]
    public long Items;

    /// <summary>The ring it goes to, as <see cref="SegmentId.ToWord"/>; 0 for the one inside the control segment.</summary>
    [FieldOffset(16)]
    public long Ring;
}

/// <summary>What one commit of a take or of a mark says.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct GotState
{
    public const int Size = 56;

    [FieldOffset(0)]
    public long Tail;

    /// <summary>How many items were ever taken.</summary>
    [FieldOffset(8)]
    public long Items;

    [FieldOffset(16)]
    public long Ring;

    /// <summary>How many items were ever marked done or given up for lost.</summary>
    [FieldOffset(24)]
    public long Done;

    /// <summary>How many of those were given up for lost.</summary>
    [FieldOffset(32)]
    public long Lost;

    /// <summary>Whose row this commit changes: generation:32 | slot+1:32, 0 for nobody's.</summary>
    [FieldOffset(40)]
    public long Taker;

    /// <summary>What the row's <see cref="QueueRow.InHand"/> is after it.</summary>
    [FieldOffset(48)]
    public int InHand;
}

/// <summary>What a participant has in its hands: 8 bytes, changed under the read lock.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct QueueRow
{
    public const int Size = 8;

    [FieldOffset(0)]
    public int Generation;

    /// <summary>Items taken and not marked done by this participant; below zero for one that marks what others took.</summary>
    [FieldOffset(4)]
    public int InHand;
}

/// <summary>
/// The first 8 KiB of a queue's segment; its first ring follows. What producers write and what consumers write lie on different 128-byte lines.
/// <para>
/// The commit: state[(sequence + 1) &amp; 1] is filled, then one release store raises the sequence. Before it nothing of the operation can be seen, after it all of it can:
/// who is killed anywhere leaves nothing to repair but the lock word, and on the consumer's side the copy of one row, which the commit carries.
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

    [FieldOffset(0)]
    public SegmentHeader Header;

    /// <summary><see cref="long.MaxValue"/> for none.</summary>
    [FieldOffset(128)]
    public long Capacity;

    [FieldOffset(136)]
    public long MaxBytes;

    /// <summary>-1 for ever.</summary>
    [FieldOffset(144)]
    public long OrphanGraceMilliseconds;

    /// <summary>The size of an item that is put as it lies in memory, 0 when items are serialized.</summary>
    [FieldOffset(152)]
    public int RawSize;

    /// <summary>Set under the write lock, never cleared.</summary>
    [FieldOffset(156)]
    public int Completed;

    /// <summary>The participant that made the queue, and whether another one ever had it.</summary>
    [FieldOffset(160)]
    public long FirstHolder;

    [FieldOffset(168)]
    public int EverShared;

    /// <summary>The segment with the error that the queue was completed with, or 0. Written before <see cref="Completed"/>, under the write lock.</summary>
    [FieldOffset(176)]
    public long Error;

    [FieldOffset(256)]
    public int WriteLock;

    /// <summary>What the producers last saw of the consumers' side; a bound, refreshed when it says full. Under the write lock.</summary>
    [FieldOffset(264)]
    public long WriterSeesItems;

    [FieldOffset(272)]
    public long WriterSeesTail;

    /// <summary>The count of deaths at which leftover rings were collected last. Under the write lock.</summary>
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

    /// <summary>What the consumers last saw of the producers' side; a bound, refreshed when it says empty. Under the read lock.</summary>
    [FieldOffset(520)]
    public long ReaderSeesItems;

    [FieldOffset(640)]
    public long GotSequence;

    [FieldOffset(648)]
    public GotState Got0;

    [FieldOffset(704)]
    public GotState Got1;

    /// <summary>Held by who makes the next ring, so that not all producers make one when one is full.</summary>
    [FieldOffset(768)]
    public int ChainLock;

    /// <summary>A drained ring kept for the next time, or 0. Put there by a consumer (CAS from 0, under the read lock), taken by a producer (under the write lock).</summary>
    [FieldOffset(776)]
    public long Spare;

    /// <summary>A producer once waited for bytes and not for a slot: consumers wake all producers then, for the one that fits may not be the first.</summary>
    [FieldOffset(784)]
    public int BytesWanted;

    /// <summary>A consumer waits here.</summary>
    [FieldOffset(896)]
    public WaitPoint Data;

    /// <summary>A producer waits here.</summary>
    [FieldOffset(1024)]
    public WaitPoint Space;

    /// <summary>Who waits for all items to be done waits here.</summary>
    [FieldOffset(1152)]
    public WaitPoint Done;

    /// <summary>Who lost items last: generation:32 | slot+1:32. Written before the commit that counts them.</summary>
    [FieldOffset(1280)]
    public long LastLost;

    [FieldOffset(1288)]
    public int LastLostProcessId;

    /// <summary>How much of <see cref="GotState.Lost"/> somebody was told of.</summary>
    [FieldOffset(1296)]
    public long LostTold;

    [FieldOffset(1408)]
    public RingHeader FirstRing;

    [FieldOffset(1536)]
    public fixed char Name[MaxName];
}

/// <summary>What a ring says of itself; a chained ring has it at <see cref="RingHeader.Offset"/> of its segment, and its data at <see cref="RingHeader.DataOffset"/>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct RingHeader
{
    public const int Offset = SegmentHeader.Size;
    public const int DataOffset = 4096;

    /// <summary>The position at which the ring begins. Written under the write lock before the ring is linked; a ring that is used again begins elsewhere.</summary>
    [FieldOffset(0)]
    public long Base;
}

/// <summary>What follows a record's header.</summary>
internal enum RecordKind
{
    Item = 0x51,

    /// <summary>Nothing: the next record begins at the start of the ring.</summary>
    Pad = 0x52,

    /// <summary>The word of the ring in which the stream goes on.</summary>
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

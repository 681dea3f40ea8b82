using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The first page of the session file.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct SessionHeader
{
    public const int Size = 4096;
    public const int ReasonCount = 16;
    public const uint ExpectedMagic = 0x4E53504D; // "MPSN"
    public const int ExpectedVersion = 5;

    [FieldOffset(0)]
    public uint Magic;

    [FieldOffset(4)]
    public int LayoutVersion;

    [FieldOffset(8)]
    public int PointerSize;

    [FieldOffset(12)]
    public int RootProcessId;

    [FieldOffset(16)]
    public long RootStartTime;

    /// <summary>The number of segment entries that have memory behind them. Raised under the table lock, after the memory is allocated.</summary>
    [FieldOffset(24)]
    public int SegmentCapacity;

    /// <summary>The index of the first entry that was never used.</summary>
    [FieldOffset(28)]
    public int SegmentsUsed;

    /// <summary>
    /// The number of deaths reported so far. A process that keeps a copy sees by a change that a dead process may have left state half done.
    /// </summary>
    [FieldOffset(32)]
    public int Deaths;

    [FieldOffset(36)]
    public int NextSlot;

    /// <summary>
    /// The generation before the first one of every segment entry. It is random where sessions follow each other in one directory, so that no handle
    /// fits two of them.
    /// </summary>
    [FieldOffset(40)]
    public int FirstGeneration;

    /// <summary>
    /// 1 if sleepers are parked in a table (<see cref="Platform.Facilities.ParksSleepers"/>). Processes that sleep on the words themselves and
    /// processes that park cannot wake each other.
    /// </summary>
    [FieldOffset(44)]
    public int ParksSleepers;

    /// <summary>
    /// The index from which the search for a free entry begins: no entry below it is free. Under the table lock; lowered before an entry is freed.
    /// </summary>
    [FieldOffset(48)]
    public int FirstFree;

    /// <summary>
    /// When an observer looked last, in milliseconds of <see cref="Environment.TickCount64"/>, which is the same in all processes of a machine; 0 for
    /// never. Written by observers of the same user, also in other programs; read by <see cref="StatusPublisher"/>.
    /// </summary>
    [FieldOffset(56)]
    public long LookedAt;

    /// <summary>
    /// When the root read its metrics last, in milliseconds of <see cref="Environment.TickCount64"/>; 0 for never. Read by
    /// <see cref="FiguresPublisher"/>.
    /// </summary>
    [FieldOffset(64)]
    public long MeasuredAt;

    /// <summary>The owner lock of both tables, in a cache line of its own.</summary>
    [FieldOffset(128)]
    public int TableLock;

    /// <summary>The owner lock under which named objects are found and created. Taken before the table lock.</summary>
    [FieldOffset(256)]
    public int NameLock;

    /// <summary>The number of processes that have ended, for each <see cref="Multiprocessing.ExitReason"/>. Under the table lock.</summary>
    [FieldOffset(384)]
    public fixed int Ended[ReasonCount];
}

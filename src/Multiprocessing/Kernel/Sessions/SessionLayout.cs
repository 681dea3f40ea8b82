using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The first page of the session file.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct SessionHeader
{
    public const int Size = 4096;
    public const uint ExpectedMagic = 0x4E53504D; // "MPSN"
    public const int ExpectedVersion = 4;

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

    /// <summary>How many segment entries have memory behind them. Raised under the table lock, after the memory is there.</summary>
    [FieldOffset(24)]
    public int SegmentCapacity;

    /// <summary>No entry from here on was ever used.</summary>
    [FieldOffset(28)]
    public int SegmentsUsed;

    /// <summary>How many participants were marked dead so far: who keeps a copy sees whether somebody may have left something half done.</summary>
    [FieldOffset(32)]
    public int Deaths;

    [FieldOffset(36)]
    public int NextSlot;

    /// <summary>The generation before the first of every segment's entry: by chance where sessions follow each other at one place, so that no handle fits two of them.</summary>
    [FieldOffset(40)]
    public int FirstGeneration;

    /// <summary>1 where sleepers are parked in a table (<see cref="Platform.Facilities.ParksSleepers"/>): a process that sleeps on the words themselves would not be woken by one that looks there.</summary>
    [FieldOffset(44)]
    public int ParksSleepers;

    /// <summary>No entry below this one is free: where the search for a free one begins. Under the table lock; lowered before an entry is freed.</summary>
    [FieldOffset(48)]
    public int FirstFree;

    /// <summary>The owner lock of both tables, on a line of its own.</summary>
    [FieldOffset(128)]
    public int TableLock;

    /// <summary>The owner lock under which a named object is looked for and created, before the table lock.</summary>
    [FieldOffset(256)]
    public int NameLock;
}

/// <summary>The states of a participant's slot.</summary>
internal enum ParticipantState
{
    Free,

    /// <summary>Given out for a process that is about to start.</summary>
    Reserved,
    Active,

    /// <summary>Left in good order; the process may still live for a moment and may still own locks.</summary>
    Left,

    /// <summary>Known to be gone.</summary>
    Dead,
}

/// <summary>
/// One participant. The state is stored last when a slot is filled and first when it is emptied, so a slot in a state has the fields of that state; a kill in
/// between leaves the earlier state, and the step is done again by the next one who takes the table lock.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct ParticipantSlot
{
    public const int Size = 128;

    [FieldOffset(0)]
    public int State;

    /// <summary>How often the slot was given out; changes only when it is given out.</summary>
    [FieldOffset(4)]
    public int Generation;

    [FieldOffset(8)]
    public int ProcessId;

    /// <summary>The owner word (<see cref="OwnerLock.WordOf"/>) of who reserved the slot: if that one dies first, nobody will fill it.</summary>
    [FieldOffset(12)]
    public int Reserver;

    [FieldOffset(16)]
    public long StartTime;

    [FieldOffset(24)]
    public int ExitReason;

    [FieldOffset(28)]
    public int ExitCode;

    [FieldOffset(32)]
    public int ExitSignal;

    /// <summary>What the participant said about itself: its <see cref="Multiprocessing.ExitReason"/> + 1, 0 for nothing. Written after <see cref="SelfCode"/>.</summary>
    [FieldOffset(36)]
    public int SelfReason;

    [FieldOffset(40)]
    public int SelfCode;

    /// <summary>What its dispatcher sleeps on; on a line of its own, it is written by others.</summary>
    [FieldOffset(64)]
    public int Doorbell;
}

/// <summary>What a segment is for.</summary>
internal enum SegmentKind
{
    None,
    Queue,
    Ring,
    Lock,
    Semaphore,
    Event,
    Condition,
    Barrier,

    /// <summary>A <see cref="SharedArray{T}"/> or <see cref="SharedValue{T}"/>, with its lock.</summary>
    Array,

    /// <summary>A <see cref="Multiprocessing.SharedMemory"/>, with its lock.</summary>
    Memory,
    Other,

    /// <summary>The error that a queue was completed with.</summary>
    Error,
    ReaderWriterLock,

    /// <summary>A pool's channel to a worker, or its bell.</summary>
    Pool,
}

/// <summary>The states of a segment's entry.</summary>
internal enum SegmentState
{
    Free,

    /// <summary>The entry is taken, the file may not exist yet.</summary>
    Creating,
    Live,
}

/// <summary>One segment: a file of the session, who holds it and how many handles of it lie in messages. All but <see cref="Position"/> changes under the table lock.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct SegmentEntry
{
    public const int Size = 128;

    [FieldOffset(0)]
    public int State;

    [FieldOffset(4)]
    public int Generation;

    [FieldOffset(8)]
    public int Kind;

    /// <summary>1 when the file lies in the session's second directory.</summary>
    [FieldOffset(12)]
    public int Place;

    [FieldOffset(16)]
    public long Bytes;

    /// <summary>The segment that this one is a part of and ends with (index), or 0; it has no holders of its own then.</summary>
    [FieldOffset(24)]
    public int Owner;

    [FieldOffset(28)]
    public int OwnerGeneration;

    [FieldOffset(32)]
    public int Travelling;

    /// <summary>The owner word of a process that has this part in its hands and has not linked it anywhere yet.</summary>
    [FieldOffset(36)]
    public int InHand;

    /// <summary>Other segments have this one as their owner, or had.</summary>
    [FieldOffset(40)]
    public int HasParts;

    /// <summary>For the owner's use: where a ring begins in its queue's stream.</summary>
    [FieldOffset(48)]
    public long Position;

    /// <summary>Of a named segment's name, which lies in its <see cref="NamePage"/>; 0 for none.</summary>
    [FieldOffset(56)]
    public long NameHash;

    /// <summary>One bit per participant that holds the segment.</summary>
    [FieldOffset(64)]
    public fixed ulong Holders[ParticipantTable.Capacity / 64];
}

/// <summary>
/// The first 128 bytes of every segment that holders share: enough for somebody who knows nothing of its kind to wake all who wait in it.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct SegmentHeader
{
    public const int Size = 128;
    public const uint ExpectedMagic = 0x4753504D; // "MPSG"
    public const int ExpectedVersion = 1;

    /// <summary>Written last by the creator.</summary>
    [FieldOffset(0)]
    public uint Magic;

    [FieldOffset(4)]
    public int LayoutVersion;

    [FieldOffset(8)]
    public int Kind;

    [FieldOffset(12)]
    public int WaitPointOffset;

    /// <summary>How many <see cref="WaitPoint"/>s follow each other from <see cref="WaitPointOffset"/>.</summary>
    [FieldOffset(16)]
    public int WaitPointCount;

    [FieldOffset(20)]
    public int LockOffset;

    [FieldOffset(24)]
    public int LockCount;

    /// <summary>The distance between two lock words.</summary>
    [FieldOffset(28)]
    public int LockStride;

    /// <summary>The holder that let go last: generation:32 | slot+1:32; 0 for nobody. Written after <see cref="LastGoneAt"/>.</summary>
    [FieldOffset(32)]
    public long LastGone;

    /// <summary>When, in milliseconds of <see cref="Environment.TickCount64"/>, which all processes of a machine share.</summary>
    [FieldOffset(40)]
    public long LastGoneAt;
}

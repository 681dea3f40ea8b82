using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The kind of object in a segment.</summary>
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

    /// <summary>The error with which a queue was completed.</summary>
    Error,
    ReaderWriterLock,

    /// <summary>A pool's channel to a worker, or its bell.</summary>
    Pool,

    /// <summary>One end of a pipe: its holders are those of the end.</summary>
    PipeSide,

    /// <summary>The memory of a <see cref="SharedBuffer{T}"/>, which has no lock.</summary>
    Buffer,
}

/// <summary>The states of a segment's entry.</summary>
internal enum SegmentState
{
    Free,

    /// <summary>The entry is in use; the file may not exist yet.</summary>
    Creating,
    Live,
}

/// <summary>
/// One segment: a file of the session, its holders and the number of its handles in flight. All fields but <see cref="Position"/> change under the
/// table lock.
/// </summary>
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

    /// <summary>1 if the file lies in the session's second directory.</summary>
    [FieldOffset(12)]
    public int InSecondDirectory;

    [FieldOffset(16)]
    public long Bytes;

    /// <summary>The index of the segment that this one is a part of and is freed with; 0 for none. A part has no holders of its own.</summary>
    [FieldOffset(24)]
    public int Owner;

    [FieldOffset(28)]
    public int OwnerGeneration;

    /// <summary>The number of handles in flight: in messages that were not read yet.</summary>
    [FieldOffset(32)]
    public int InFlight;

    /// <summary>
    /// The owner word of the process that is about to link this part into its owner; 0 for none. The part is no leftover while that process is alive.
    /// </summary>
    [FieldOffset(36)]
    public int Linker;

    /// <summary>1 if other segments have this one as their owner, or had.</summary>
    [FieldOffset(40)]
    public int HasParts;

    /// <summary>For the owner's use: where a ring begins in its queue's stream.</summary>
    [FieldOffset(48)]
    public long Position;

    /// <summary>The hash of a named segment's name, which lies in its <see cref="NamePage"/>; 0 for none.</summary>
    [FieldOffset(56)]
    public long NameHash;

    /// <summary>One bit for each participant that holds the segment.</summary>
    [FieldOffset(64)]
    public fixed ulong Holders[ParticipantTable.Capacity / 64];

    public bool HasHolders
    {
        get
        {
            fixed (ulong* holders = Holders)
            {
                return new ReadOnlySpan<ulong>(holders, ParticipantTable.Capacity / 64).ContainsAnyExcept(0UL);
            }
        }
    }

    public bool IsHeldBy(int slot) => (Volatile.Read(ref Holders[slot / 64]) & Bit(slot)) != 0;

    public bool IsHeldOnlyBy(int slot)
    {
        for (var word = 0; word < ParticipantTable.Capacity / 64; word++)
        {
            if (Holders[word] != (word == slot / 64 ? Bit(slot) : 0))
            {
                return false;
            }
        }

        return true;
    }

    public void Hold(int slot) => Holders[slot / 64] |= Bit(slot);

    public void Release(int slot) => Holders[slot / 64] &= ~Bit(slot);

    private static ulong Bit(int slot) => 1UL << (slot % 64);
}

using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The id of a segment: an entry of the session's table and the entry's generation.</summary>
internal readonly record struct SegmentId(int Index, int Generation)
{
    public static SegmentId None => default;

    public bool IsNone => Index == 0;

    /// <summary>Returns the id as one word of shared memory: generation:32 | index:32; 0 for none.</summary>
    public long ToWord() => ((long)Generation << 32) | (uint)Index;

    public static SegmentId FromWord(long word) => new((int)word, (int)(word >> 32));
}

/// <summary>
/// A segment as mapped into this process. It is unmapped only by its finalizer: an operation in another thread keeps the object reachable while
/// it uses <see cref="Base"/>, so a Dispose never unmaps memory in use, and operations need no usage count. Releasing the hold, which frees
/// the memory for the machine, is a separate step (<see cref="ObjectRegistry.Release"/>).
/// </summary>
internal sealed unsafe class Segment
{
    private readonly bool _pressed;
    private int _unmapped;
    private SegmentShape? _shape;

    public Segment(SegmentId id, byte* address, long size, bool collectEagerly)
    {
        Id = id;
        Base = address;
        Size = size;
        _pressed = collectEagerly;
        if (_pressed)
        {
            GC.AddMemoryPressure(size);
        }
    }

    ~Segment() => LastResort.Finalize(this, static segment => segment.Unmap());

    public SegmentId Id { get; }

    public byte* Base { get; }

    public long Size { get; }

    public SegmentHeader* Header => (SegmentHeader*)Base;

    /// <summary>Gets the shape that the header described at the first read; null if the header is damaged.</summary>
    public SegmentShape? Shape => _shape ??= SegmentShape.Read(this);

    /// <exception cref="InvalidDataException">The segment's creator did not finish it, or runs another build.</exception>
    public void ThrowIfUnfinished()
    {
        if (Volatile.Read(ref Header->Magic) != SegmentHeader.ExpectedMagic || Header->LayoutVersion != SegmentHeader.ExpectedVersion)
        {
            throw new InvalidDataException($"Segment {Id.Index}-{Id.Generation} was not finished by its creator, or was created by another build of "
                + "the library.");
        }
    }

    /// <summary>
    /// Records that a holder has released the segment or has died. Killed between the two stores: the time is new and the participant is the earlier
    /// one; the next release corrects it.
    /// </summary>
    public void NoteRelease(ParticipantId participant)
    {
        Volatile.Write(ref Header->LastReleaseAt, Environment.TickCount64);
        KillPoints.Pass(KillPoint.ReleaseHalfNoted);
        Volatile.Write(ref Header->LastReleaser, ((long)participant.Generation << 32) | (uint)(participant.Slot + 1));
    }

    /// <summary>Wakes all threads that sleep in the segment, in all processes.</summary>
    public void WakeSleepers(SegmentShape shape)
    {
        for (var i = shape.LocksNow(this) - 1; i >= 0; i--)
        {
            WordWait.Wake((int*)(Base + shape.LockOffset + ((long)i * shape.LockStride)), int.MaxValue);
        }

        for (var i = 0; i < shape.WaitPointCount; i++)
        {
            WaitPoint.WakeAll((WaitPoint*)(Base + shape.WaitPointOffset) + i);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Unmaps at once; only for a mapping that no other thread can be using.</summary>
    public void Unmap()
    {
        if (Interlocked.Exchange(ref _unmapped, 1) != 0)
        {
            return;
        }

        MappedFile.Unmap(Base, Size);
        if (_pressed)
        {
            GC.RemoveMemoryPressure(Size);
        }

        GC.SuppressFinalize(this);
    }
}

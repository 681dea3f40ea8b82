using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// The first 128 bytes of every segment with holders. A process that does not know the segment's kind can wake all its waiters with these fields.
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

    /// <summary>The number of <see cref="WaitPoint"/>s that follow each other from <see cref="WaitPointOffset"/>.</summary>
    [FieldOffset(16)]
    public int WaitPointCount;

    [FieldOffset(20)]
    public int LockOffset;

    [FieldOffset(24)]
    public int LockCount;

    /// <summary>The distance in bytes between two lock words.</summary>
    [FieldOffset(28)]
    public int LockStride;

    /// <summary>
    /// The participant that released the segment last, or died as a holder: generation:32 | slot+1:32; 0 for none. Written after
    /// <see cref="LastReleaseAt"/>.
    /// </summary>
    [FieldOffset(32)]
    public long LastReleaser;

    /// <summary>
    /// The time of that release, in milliseconds of <see cref="Environment.TickCount64"/>, which is the same in all processes of a machine.
    /// </summary>
    [FieldOffset(40)]
    public long LastReleaseAt;
}

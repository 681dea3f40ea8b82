using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// The state of plain memory in its frame, besides its lock. Written once, by the creator, before other processes can see the segment.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct MemoryState
{
    public const int Size = 16;

    /// <summary>
    /// Where a small memory begins: behind the frame's wait point, in the same page, so that a shared number costs 4 KiB and not 8.
    /// </summary>
    public const int OffsetOfLittle = 1024;

    /// <summary>Where a larger memory begins: in a page of its own.</summary>
    public const int OffsetOfMuch = SyncFrame.Size;

    /// <summary>The exact number of bytes; the segment is rounded up to whole pages.</summary>
    [FieldOffset(0)]
    public long Bytes;

    /// <summary>From the start of the frame.</summary>
    [FieldOffset(8)]
    public int Offset;

    public static int OffsetFor(long bytes) => bytes <= OffsetOfMuch - OffsetOfLittle ? OffsetOfLittle : OffsetOfMuch;
}

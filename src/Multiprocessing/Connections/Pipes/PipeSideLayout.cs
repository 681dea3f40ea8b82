using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>What one participant does with an end of a pipe: 8 bytes in the end's segment.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct PipeSideRow
{
    public const int Size = 8;

    /// <summary>The participant has sent, received or polled with its copy: it stays a holder although it has passed the end on.</summary>
    public const int Used = 1;

    /// <summary>The participant has passed the end on without using its copy, and is no holder.</summary>
    public const int PassedOn = 2;

    /// <summary>The participant has released the end.</summary>
    public const int Released = 4;

    /// <summary>The participant was the last holder, and closed the end by its release.</summary>
    public const int Closed = 8;

    [FieldOffset(0)]
    public int Generation;

    /// <summary>Changed under the table lock, except by the participant that attaches or releases.</summary>
    [FieldOffset(4)]
    public int State;
}

/// <summary>
/// The segment of one end of a pipe. What it is for is its entry in the table: the holders of the segment are the holders of the end, and when it is
/// freed the end is closed. It contains no state that a message needs. The rows say who held the end, for the error of the other end, which has the
/// segment mapped without holding it.
/// </summary>
internal static class PipeSideLayout
{
    public const int RowsOffset = 4096;
    public const int SegmentBytes = RowsOffset + (ParticipantTable.Capacity * PipeSideRow.Size);
}

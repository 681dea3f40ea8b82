namespace Multiprocessing;

/// <summary>
/// Where a segment's lock words and wait points lie, as its header said when this process mapped it. It is checked then, once: every holder can write
/// over the header, and a process that reports a death or releases the object must not access memory outside of the segment, or wake two thousand
/// million words.
/// </summary>
/// <param name="LockOffset">The offset of the first lock word.</param>
/// <param name="LockStride">The distance between two lock words.</param>
/// <param name="LockCount">The number of lock words at that time.</param>
/// <param name="MaxLocks">The maximum number of lock words later: a condition adds one for each waiter.</param>
/// <param name="WaitPointOffset">The offset of the first wait point.</param>
/// <param name="WaitPointCount">The number of wait points.</param>
internal sealed record SegmentShape(int LockOffset, int LockStride, int LockCount, int MaxLocks, int WaitPointOffset, int WaitPointCount)
{
    private const int MaxWaitPoints = 64;
    private const int MaxFixedLocks = 64;

    /// <summary>Reads and checks the header.</summary>
    /// <returns>Null if the header is not finished or is damaged.</returns>
    public static unsafe SegmentShape? Read(Segment segment)
    {
        if (segment.Size < SegmentHeader.Size || Volatile.Read(ref segment.Header->Magic) != SegmentHeader.ExpectedMagic)
        {
            return null;
        }

        var head = *segment.Header; // a copy, so that the checked values are the used ones
        var stride = head.LockStride == 0 ? sizeof(int) : head.LockStride;
        var isSane = IsInside(segment, head.LockOffset, stride, head.LockCount)
            && IsInside(segment, head.WaitPointOffset, WaitPoint.Size, head.WaitPointCount)
            && head.WaitPointCount <= MaxWaitPoints && (head.LockCount <= MaxFixedLocks || head.Kind == (int)SegmentKind.Condition);
        if (!isSane)
        {
            return null;
        }

        var most = head.Kind == (int)SegmentKind.Condition ? (int)Math.Min(int.MaxValue, (segment.Size - head.LockOffset) / stride) : head.LockCount;
        return new SegmentShape(head.LockOffset, stride, head.LockCount, most, head.WaitPointOffset, head.WaitPointCount);
    }

    /// <summary>Returns the present number of lock words.</summary>
    public unsafe int LocksNow(Segment segment) =>
        MaxLocks == LockCount ? LockCount : Math.Clamp(Volatile.Read(ref segment.Header->LockCount), 0, MaxLocks);

    // Words to sleep on lie at multiples of 4; the kernel accepts no others.
    private static bool IsInside(Segment segment, int offset, int stride, int count) =>
        count == 0
        || (count > 0 && offset >= SegmentHeader.Size && stride > 0 && ((offset | stride) & 3) == 0
            && offset + ((long)stride * (count - 1)) + sizeof(int) <= segment.Size);
}

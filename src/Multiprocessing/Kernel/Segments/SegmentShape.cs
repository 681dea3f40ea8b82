namespace Multiprocessing;

/// <summary>
/// Where a segment's words for sleeping lie, as its head said when this process mapped it. Checked then, once: every process that has the segment can write over its head, and whoever tells a
/// death or lets go of the object must not be led outside of the memory, or through two thousand million words.
/// </summary>
/// <param name="LockOffset">Of the first lock word.</param>
/// <param name="LockStride">The distance between two lock words.</param>
/// <param name="LockCount">How many there were.</param>
/// <param name="MostLocks">How many there may be later: a condition adds one for each waiter.</param>
/// <param name="WaitPointOffset">Of the first wait point.</param>
/// <param name="WaitPointCount">How many there are.</param>
internal sealed record SegmentShape(int LockOffset, int LockStride, int LockCount, int MostLocks, int WaitPointOffset, int WaitPointCount)
{
    private const int MostWaitPoints = 64;
    private const int MostFixedLocks = 64;

    /// <summary>Null if the head was not finished, or makes no sense.</summary>
    public static unsafe SegmentShape? Read(Segment segment)
    {
        if (segment.Size < SegmentHeader.Size || Volatile.Read(ref segment.Header->Magic) != SegmentHeader.ExpectedMagic)
        {
            return null;
        }

        var head = *segment.Header; // a copy: what is checked is what is used
        var stride = head.LockStride == 0 ? sizeof(int) : head.LockStride;
        var isSane = IsInside(segment, head.LockOffset, stride, head.LockCount) && IsInside(segment, head.WaitPointOffset, WaitPoint.Size, head.WaitPointCount)
            && head.WaitPointCount <= MostWaitPoints && (head.LockCount <= MostFixedLocks || head.Kind == (int)SegmentKind.Condition);
        if (!isSane)
        {
            return null;
        }

        var most = head.Kind == (int)SegmentKind.Condition ? (int)Math.Min(int.MaxValue, (segment.Size - head.LockOffset) / stride) : head.LockCount;
        return new SegmentShape(head.LockOffset, stride, head.LockCount, most, head.WaitPointOffset, head.WaitPointCount);
    }

    /// <summary>How many lock words there are now.</summary>
    public unsafe int LocksNow(Segment segment) => MostLocks == LockCount ? LockCount : Math.Clamp(Volatile.Read(ref segment.Header->LockCount), 0, MostLocks);

    // Words that are slept on lie at multiples of 4: the kernel knows no others.
    private static bool IsInside(Segment segment, int offset, int stride, int count) =>
        count == 0 || (count > 0 && offset >= SegmentHeader.Size && stride > 0 && ((offset | stride) & 3) == 0 && offset + ((long)stride * (count - 1)) + sizeof(int) <= segment.Size);
}

using System.Diagnostics;
using System.Numerics;

namespace Multiprocessing;

/// <summary>
/// The writer's segments for contents that are too large for its ring: a record there names the segment (<see cref="ContentReference"/>). A segment
/// is in use until the reader has read past that record. One that is not in use any more is kept, the largest, because creating and clearing memory
/// costs a millisecond for each MiB. The reader's end is <see cref="ContentMappings"/>. Not thread-safe.
/// <para>Killed as writer at any time: the segments are parts of the channel and are freed with it.</para>
/// </summary>
internal sealed class ContentSegments(PoolMemory channel)
{
    /// <summary>From this size on a segment has exactly the size of its content: the next power of two could be out of memory's reach.</summary>
    private const long ExactFrom = 64 << 20;

    private List<UsedSegment>? _used;
    private Segment? _idle;

    /// <summary>Returns a segment for a content; the caller passes it to <see cref="Use"/> or <see cref="Return"/>.</summary>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public Segment Rent(long bytes)
    {
        if (_idle is { } idle && idle.Size >= bytes)
        {
            _idle = null;
            return idle;
        }

        var size = bytes >= ExactFrom ? bytes : (long)BitOperations.RoundUpToPowerOf2((ulong)bytes);
        return channel.Session.Segments.Create(SegmentKind.Ring, size, channel.Id);
    }

    /// <summary>The record at this position of the ring names the segment.</summary>
    public void Use(long position, Segment segment)
    {
        _used ??= [];
        Debug.Assert(_used.Count == 0 || _used[^1].Position < position, "Records are written in the order of their positions.");
        _used.Add(new UsedSegment(position, segment));
    }

    /// <summary>The segment is not in use.</summary>
    public void Return(Segment segment)
    {
        var freed = segment;
        if (_idle is null || _idle.Size < segment.Size)
        {
            (freed, _idle) = (_idle, segment);
        }

        if (freed is not null)
        {
            Free(freed);
        }
    }

    /// <summary>The reader has read all records before this position.</summary>
    public void ReleaseBefore(long position)
    {
        while (_used is { Count: > 0 } used && used[0].Position < position)
        {
            ReturnAt(0);
        }
    }

    /// <summary>The records from this position on were taken back.</summary>
    public void ReleaseFrom(long position)
    {
        while (_used is { Count: > 0 } used && used[^1].Position >= position)
        {
            ReturnAt(used.Count - 1);
        }
    }

    /// <summary>Frees the idle segment.</summary>
    public void Trim()
    {
        if (_idle is { } idle)
        {
            _idle = null;
            Free(idle);
        }
    }

    /// <summary>Frees all segments: the reader has ended.</summary>
    public void Dispose()
    {
        ReleaseBefore(long.MaxValue);
        Trim();
    }

    private void ReturnAt(int index)
    {
        var segment = _used![index].Segment;
        _used.RemoveAt(index);
        Return(segment);
    }

    private void Free(Segment segment)
    {
        if (!channel.Session.HasLeft)
        {
            channel.Session.Segments.FreePart(segment.Id);
        }

        segment.Unmap();
    }

    private sealed record UsedSegment(long Position, Segment Segment);
}

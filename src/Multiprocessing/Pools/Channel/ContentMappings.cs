namespace Multiprocessing;

/// <summary>
/// The reader's mappings of segments in which a ring's writer lays large contents (<see cref="ContentSegments"/>). The two used last stay mapped,
/// because mapping costs a millisecond for each MiB. Not thread-safe.
/// </summary>
internal sealed class ContentMappings(PoolMemory channel)
{
    private Segment? _first;
    private Segment? _second;

    /// <summary>Maps a segment that the writer has filled.</summary>
    /// <param name="word">The segment, as it is named in the ring.</param>
    /// <exception cref="InvalidDataException">There is no such segment.</exception>
    public Segment Open(long word)
    {
        var id = SegmentId.FromWord(word);
        if (_first?.Id == id)
        {
            return _first;
        }

        if (_second?.Id == id)
        {
            (_first, _second) = (_second, _first);
            return _first;
        }

        var opened = channel.Session.Segments.Open(id, hold: false)
            ?? throw new InvalidDataException($"Segment {id.Index}-{id.Generation}, which held a large argument or result, was freed.");
        _second?.Unmap();
        _second = _first;
        _first = opened;
        return opened;
    }

    /// <summary>Unmaps what is mapped: there was no large content for a while.</summary>
    public void Trim()
    {
        _first?.Unmap();
        _second?.Unmap();
        _first = _second = null;
    }
}

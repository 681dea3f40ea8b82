namespace Multiprocessing;

/// <summary>The segments of one direction that this process reads large contents from: the last two stay mapped, because mapping costs a millisecond for each MiB.</summary>
internal sealed class OutsideMemory(PoolMemory owner)
{
    private Segment? _first;
    private Segment? _second;

    /// <summary>Maps a segment that the other side has written.</summary>
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

        var opened = owner.Session.Segments.Open(id, hold: false)
            ?? throw new InvalidDataException($"Segment {id.Index}-{id.Generation}, in which a large argument or result lay, is gone.");
        _second?.Unmap();
        _second = _first;
        _first = opened;
        return opened;
    }

    /// <summary>Unmaps what is mapped: nothing large has come for a while.</summary>
    public void Trim()
    {
        _first?.Unmap();
        _second?.Unmap();
        _first = _second = null;
    }
}

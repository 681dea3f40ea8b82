namespace Multiprocessing;

/// <summary>
/// Mappings of segments that this process does not hold at the moment and expects to receive again: mapping one costs a page fault for every page.
/// A mapping is not a hold. The segment may be freed meanwhile, and the next hold finds that out.
/// <para>
/// A freed segment's memory returns to the machine when its last mapping ends. So mappings leave after two seconds without use, and then the
/// collector unmaps them as it does those of all objects. Thread-safe.
/// </para>
/// </summary>
internal sealed class IdleMappings
{
    private const int Places = 1024;
    private const long MostBytes = 512L << 20;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly SegmentTable _segments;
    private readonly IdleTimer _timer;
    private Kept[]? _places;
    private long _bytes;
    private int _hand;

    public IdleMappings(SegmentTable segments)
    {
        _segments = segments;
        _timer = new IdleTimer(KeptFor, Trim);
    }

    /// <summary>Returns the mapping if it is there; the caller has it then.</summary>
    public Segment? Take(SegmentId id)
    {
        if (_places is null)
        {
            return null;
        }

        lock (_gate)
        {
            ref var place = ref _places[id.Index % Places];
            if (place.Segment?.Id != id)
            {
                return null;
            }

            var taken = place.Segment;
            Clear(ref place);
            return taken;
        }
    }

    /// <summary>Keeps a mapping. Those at its place, and those that would be too many, leave.</summary>
    public void Keep(Segment segment)
    {
        lock (_gate)
        {
            var places = _places ??= new Kept[Places];
            ref var place = ref places[segment.Id.Index % Places];
            Clear(ref place);
            for (var i = 0; i < Places && _bytes > 0 && _bytes + segment.Size > MostBytes; i++)
            {
                Clear(ref places[_hand++ % Places]);
                _hand %= Places;
            }

            place.Segment = segment;
            place.Since = Environment.TickCount64;
            _bytes += segment.Size;
            _timer.Set();
        }
    }

    /// <summary>Lets go of the mappings that were not used for a while, and of those whose segment was freed.</summary>
    private void Trim()
    {
        lock (_gate)
        {
            var now = Environment.TickCount64;
            foreach (ref var place in _places.AsSpan())
            {
                if (place.Segment is { } segment && (now - place.Since >= KeptFor.TotalMilliseconds || !_segments.IsCurrent(segment.Id)))
                {
                    Clear(ref place);
                }
            }

            _timer.Fired();
            if (_bytes > 0)
            {
                _timer.Set();
            }
        }
    }

    private void Clear(ref Kept place)
    {
        _bytes -= place.Segment?.Size ?? 0;
        place = default;
    }

    private struct Kept
    {
        public Segment? Segment;
        public long Since;
    }
}

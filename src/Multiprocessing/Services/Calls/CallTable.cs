namespace Multiprocessing;

/// <summary>
/// The calls of one channel that wait for their replies. The number of a call is its place and how often the place was used, so a reply or a
/// cancellation that arrives late is never taken for another call's. Thread-safe; whichever thread removes a call completes it.
/// </summary>
internal sealed class CallTable
{
    private const int FirstSize = 16;

    private readonly Lock _gate = new();
    private Entry[] _entries = new Entry[FirstSize];
    private int _used;
    private int _firstFree = -1;
    private int _count;
    private bool _isClosed;

    /// <summary>Gets the number of calls.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a call.</summary>
    /// <returns>Its number, or 0 if the channel is closed.</returns>
    public long Add(CallRequest call)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return 0;
            }

            var place = _firstFree;
            if (place >= 0)
            {
                _firstFree = _entries[place].NextFree;
            }
            else
            {
                place = _used++;
                if (place == _entries.Length)
                {
                    Array.Resize(ref _entries, place * 2);
                }
            }

            ref var entry = ref _entries[place];
            entry.Call = call;
            entry.Uses = entry.Uses == int.MaxValue ? 1 : entry.Uses + 1;
            _count++;
            return ((long)entry.Uses << 32) | (uint)place;
        }
    }

    /// <summary>Removes a call.</summary>
    /// <returns>The call, which the caller completes; <see langword="null"/> if another thread removed it, or if there never was one.</returns>
    public CallRequest? Remove(long id)
    {
        var place = (int)id;
        lock (_gate)
        {
            if ((uint)place >= (uint)_used)
            {
                return null;
            }

            ref var entry = ref _entries[place];
            if (entry.Call is not { } call || entry.Uses != (int)(id >> 32))
            {
                return null;
            }

            entry.Call = null;
            entry.NextFree = _firstFree;
            _firstFree = place;
            _count--;
            return call;
        }
    }

    /// <summary>Removes all calls; none is added any more.</summary>
    public List<CallRequest> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            var calls = new List<CallRequest>(_count);
            for (var i = 0; i < _used; i++)
            {
                if (_entries[i].Call is { } call)
                {
                    _entries[i].Call = null;
                    calls.Add(call);
                }
            }

            _count = 0;
            return calls;
        }
    }

    private struct Entry
    {
        public CallRequest? Call;
        public int Uses;
        public int NextFree;
    }
}

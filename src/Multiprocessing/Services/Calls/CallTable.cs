namespace Multiprocessing;

/// <summary>
/// The calls of one channel that wait for their replies. The number of a call is its place and how often the place was used, so a reply or a
/// cancellation that arrives late is never taken for another call's. Thread-safe; whichever thread removes a call completes it.
/// </summary>
internal sealed class CallTable
{
    private const int FirstSize = 16;

    private readonly Lock _gate = new();
    private readonly long[] _outcomes = new long[(int)CallOutcome.ServiceDied + 1];
    private Entry[] _entries = new Entry[FirstSize];
    private int _used;
    private int _firstFree = -1;
    private int _count;
    private long _order;
    private bool _isClosed;

    /// <summary>Gets the number of calls.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Returns how many calls have ended so far, by <see cref="CallOutcome"/>.</summary>
    public long[] Outcomes()
    {
        lock (_gate)
        {
            return [.. _outcomes];
        }
    }

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
            entry.Order = ++_order;
            entry.Since = 0;
            entry.Uses = entry.Uses == int.MaxValue ? 1 : entry.Uses + 1;
            _count++;
            return ((long)entry.Uses << 32) | (uint)place;
        }
    }

    /// <summary>Removes a call.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="outcome">How it has ended; <see langword="null"/> if it was not sent.</param>
    /// <returns>The call, which the caller completes; <see langword="null"/> if another thread removed it, or if there never was one.</returns>
    public CallRequest? Remove(long id, CallOutcome? outcome)
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
            if (outcome is { } end)
            {
                _outcomes[(int)(end == CallOutcome.Failed && call.IsCanceled ? CallOutcome.Canceled : end)]++;
            }

            return call;
        }
    }

    /// <summary>
    /// Removes the call that has run longest, if it has run longer than a limit. The calls that were added first run, as many as the service runs
    /// at the
    /// same time; the time of a call begins at the first check that finds it among them.
    /// </summary>
    public CallRequest? TakeOverdue(int concurrency, long now, long limit)
    {
        lock (_gate)
        {
            for (var round = 0; round < concurrency; round++)
            {
                var first = -1;
                for (var i = 0; i < _used; i++)
                {
                    ref var entry = ref _entries[i];
                    if (entry.Call is not null && entry.Since == 0 && (first < 0 || entry.Order < _entries[first].Order))
                    {
                        first = i;
                    }
                }

                if (first < 0 || CountRunning() >= concurrency)
                {
                    break;
                }

                _entries[first].Since = now;
            }

            for (var i = 0; i < _used; i++)
            {
                ref var entry = ref _entries[i];
                if (entry.Call is { } call && entry.Since != 0 && now - entry.Since >= limit)
                {
                    entry.Call = null;
                    entry.NextFree = _firstFree;
                    _firstFree = i;
                    _count--;
                    _outcomes[(int)CallOutcome.TimedOut]++;
                    return call;
                }
            }

            return null;
        }
    }

    private int CountRunning()
    {
        var running = 0;
        for (var i = 0; i < _used; i++)
        {
            running += _entries[i].Call is not null && _entries[i].Since != 0 ? 1 : 0;
        }

        return running;
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
            _outcomes[(int)CallOutcome.ServiceDied] += calls.Count;
            return calls;
        }
    }

    private struct Entry
    {
        public CallRequest? Call;
        public int Uses;
        public long Order;
        public long Since;
        public int NextFree;
    }
}

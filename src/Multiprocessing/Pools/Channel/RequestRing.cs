using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The pool's end of a worker's request ring: writes tasks, makes them known, takes them back. Only under the pool's gate.
/// <para>
/// The worker's process can write anything here, on purpose or not. So what this side has written is kept on this side, and what the worker writes is taken only if it can be: how many tasks
/// it has begun lies between those that it has replied to and those that it was handed, and never falls. Anything else is <see cref="Damage"/>: then nothing more is written or taken back,
/// and the worker is killed.
/// </para>
/// </summary>
internal sealed unsafe class RequestRing(PoolMemory memory)
{
    private const int MostTries = 1 << 20;

    private readonly ChannelLayout* _channel = (ChannelLayout*)memory.Base;
    private readonly ContentSegments _contents = new(memory);

    // Where the record of each task begins that may be in the worker's hand: taking tasks back rewinds the ring to the first of them.
    private readonly long[] _positions = new long[ChannelLayout.MostHanded];
    private RingWriter _ring = new(memory.Base + ChannelLayout.RequestRing);
    private Segment? _rented;
    private uint _handed;
    private uint _started;

    /// <summary>The number of the next task to be written.</summary>
    public uint Next { get; private set; }

    /// <summary>How many replies have come.</summary>
    public uint Replied { get; set; }

    /// <summary>What the worker has written that cannot be; null while all is well.</summary>
    public string? Damage { get; private set; }

    /// <summary>How many tasks the worker has begun, all told (acquire); of a channel that is damaged, as many as were known before.</summary>
    public uint Started
    {
        get
        {
            var claim = Volatile.Read(ref _channel->Claim);
            var started = (uint)claim;
            if (Damage is null)
            {
                if ((uint)(claim >> 32) == _handed && started - Replied <= _handed - Replied && (int)(started - _started) >= 0)
                {
                    _started = started;
                }
                else
                {
                    Damaged($"its claim says {started} of {(uint)(claim >> 32)} tasks, and it was handed {_handed} and has replied to {Replied}");
                }
            }

            return (int)(Replied - _started) > 0 ? Replied : _started;
        }
    }

    /// <summary>The first thing that was found counts.</summary>
    public void Damaged(string what) => Damage ??= what;

    /// <summary>Room for one record in one piece; null if there is none now. Nothing is seen of it before <see cref="Publish"/>.</summary>
    public byte* TryReserve(int bytes)
    {
        AssertInvariants();
        var at = _ring.TryReserve(bytes);
        if (at is null && (!TryRefresh() || (at = _ring.TryReserve(bytes)) is null))
        {
            return null;
        }

        _positions[Next % ChannelLayout.MostHanded] = _ring.Position;
        if (_rented is { } rented)
        {
            _rented = null;
            _contents.Use(_ring.Position, rented);
        }

        _ring.Append(bytes);
        Next++;
        return at;
    }

    /// <summary>Room for records of one size in one piece, one behind the other: for as many as there is room for now, up to <paramref name="count"/>. Nothing is seen of them before <see cref="Publish"/>.</summary>
    public byte* TryReserve(int bytes, int count, out int reserved)
    {
        bytes = ByteRing.Align(bytes);
        var first = TryReserve(bytes);
        if (first is null)
        {
            reserved = 0;
            return null;
        }

        reserved = 1 + (int)Math.Min(count - 1, _ring.RoomBehind / bytes);
        for (var i = 1; i < reserved; i++)
        {
            _positions[Next++ % ChannelLayout.MostHanded] = _ring.Position;
            _ring.Append(bytes);
        }

        return first;
    }

    /// <summary>Returns a segment for the content of the task that is written next; it is in use until that task has its reply.</summary>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public Segment Outside(long bytes)
    {
        Debug.Assert(_rented is null, "A segment that is not used is returned by ForgetOutside.");
        return _rented = _contents.Rent(bytes);
    }

    /// <summary>There was no room for the record of the task for which <see cref="Outside"/> was called.</summary>
    public void ForgetOutside()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            _contents.Return(rented);
        }
    }

    /// <summary>
    /// Makes known what was written: one interlocked addition is the commit. Killed before it: the worker has seen nothing; the pool is gone then, and the worker ends.
    /// </summary>
    public void Publish()
    {
        var count = Next - _handed;
        if (count != 0 && Damage is null)
        {
            _handed = Next;
            Interlocked.Add(ref _channel->Claim, (long)count << 32);
            WaitPoint.Notify(&_channel->Requests, 1, memory.Session.Doorbells);
        }
    }

    /// <summary>Takes back the tasks from number <paramref name="first"/> on that were not begun, and returns the number of the first one taken; none was if that is <see cref="Next"/>.</summary>
    public uint TakeBack(uint first)
    {
        for (var tries = 0; ; tries++)
        {
            var started = Started;
            var from = (int)(first - started) < 0 ? started : first;
            if (Damage is not null || from == _handed)
            {
                return Next; // of a damaged channel none: what it has begun is known when it is gone
            }

            if (tries == MostTries)
            {
                Damaged("its claim changes without end");
                return Next;
            }

            var position = _positions[from % ChannelLayout.MostHanded];
            if (position < _ring.Read)
            {
                Damaged($"it says that it has read {_ring.Read} bytes, and task {from}, which it has not begun, is at byte {position}");
                return Next;
            }

            var claim = ((long)_handed << 32) | started;
            if (Interlocked.CompareExchange(ref _channel->Claim, ((long)from << 32) | started, claim) == claim)
            {
                _handed = from;
                _ring.Rewind(position);
                Next = from;
                _contents.ReleaseFrom(_ring.Position);
                return from;
            }
        }
    }

    /// <summary>All tasks before this number have their reply.</summary>
    public void Completed(uint number) => _contents.ReleaseBefore(number == Next ? _ring.Position : _positions[number % ChannelLayout.MostHanded]);

    /// <summary>Frees memory that large tasks needed and that is not in use.</summary>
    public void Trim() => _contents.Trim();

    /// <summary>The worker has ended.</summary>
    public void Dispose()
    {
        ForgetOutside();
        _contents.Dispose();
    }

    /// <summary>Takes over how far the worker has read, if that can be.</summary>
    private bool TryRefresh()
    {
        var consumed = Volatile.Read(ref _channel->Consumed);
        if (consumed < _ring.Read || consumed > _ring.Position)
        {
            Damaged($"it says that it has read {consumed} bytes, after {_ring.Read}, of {_ring.Position}");
            return false;
        }

        _ring.Read = consumed;
        return true;
    }

    /// <summary>Numbers wrap, so only differences are compared: replied, started, handed and next follow one another, and no more than the table of positions holds.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        _ring.AssertInvariants();
        Debug.Assert(Next - Replied < ChannelLayout.MostHanded, "A worker has fewer tasks in hand than the table of positions holds: check the backlog before writing.");
        Debug.Assert(Next - _handed <= Next - Replied, "What is replied to was handed.");
        Debug.Assert((int)(_handed - _started) >= 0, "What is started was handed.");
    }
}

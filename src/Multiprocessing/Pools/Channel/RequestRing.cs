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
    private const int Mask = ChannelLayout.RingBytes - 1;

    private readonly ChannelLayout* _channel = (ChannelLayout*)memory.Base;
    private readonly byte* _data = memory.Base + ChannelLayout.RequestRing;

    // Where each task that may be in hand begins: taking tasks back goes to the beginning of the first of them.
    private readonly long[] _positions = new long[ChannelLayout.MostHanded];
    private readonly List<(uint Number, Segment Segment)> _outside = [];
    private Segment? _idle;
    private const int MostTries = 1 << 20;

    private long _head;
    private long _consumed;
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
        bytes = (bytes + 7) & ~7;
        var toEnd = ChannelLayout.RingBytes - (int)(_head & Mask);
        var pad = toEnd < bytes ? toEnd : 0;
        if (_head + pad + bytes - _consumed > ChannelLayout.RingBytes)
        {
            var consumed = Volatile.Read(ref _channel->Consumed);
            if (consumed < _consumed || consumed > _head)
            {
                Damaged($"it says that it has read {consumed} bytes, after {_consumed}, of {_head}");
                return null;
            }

            _consumed = consumed;
            if (_head + pad + bytes - _consumed > ChannelLayout.RingBytes)
            {
                return null;
            }
        }

        if (pad != 0)
        {
            var header = (RequestHeader*)(_data + (_head & Mask));
            header->Length = pad;
            header->Flags = RequestFlags.Pad;
            _head += pad;
        }

        _positions[Next % ChannelLayout.MostHanded] = _head;
        var at = _data + (_head & Mask);
        _head += bytes;
        Next++;
        return at;
    }

    /// <summary>Room for records of one size in one piece, one behind the other: for as many as there is room for now, up to <paramref name="count"/>. Nothing is seen of them before <see cref="Publish"/>.</summary>
    public byte* TryReserve(int bytes, int count, out int reserved)
    {
        bytes = (bytes + 7) & ~7;
        var first = TryReserve(bytes);
        if (first is null)
        {
            reserved = 0;
            return null;
        }

        var toEnd = ChannelLayout.RingBytes - (int)(_head & Mask);
        var room = Math.Min(toEnd == ChannelLayout.RingBytes ? 0 : toEnd, ChannelLayout.RingBytes - (_head - _consumed));
        reserved = 1 + (int)Math.Min(count - 1, room / bytes);
        for (var i = 1; i < reserved; i++)
        {
            _positions[Next++ % ChannelLayout.MostHanded] = _head;
            _head += bytes;
        }

        return first;
    }

    /// <summary>Memory outside the ring for the task that is written next, kept until it has its reply.</summary>
    public Segment Outside(long bytes)
    {
        var segment = _idle;
        if (segment is not null && segment.Size >= bytes)
        {
            _idle = null;
        }
        else
        {
            var size = bytes >= 64 << 20 ? bytes : (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes);
            segment = memory.Session.Segments.Create(SegmentKind.Ring, size, memory.Id);
        }

        _outside.Add((Next, segment));
        return segment;
    }

    /// <summary>The memory that was meant for the task that is written next is not used: there was no room for its record.</summary>
    public void ForgetOutside() => ReturnOutside(_outside.Count - 1);

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

            var claim = ((long)_handed << 32) | started;
            if (Interlocked.CompareExchange(ref _channel->Claim, ((long)from << 32) | started, claim) == claim)
            {
                _handed = from;
                _head = _positions[from % ChannelLayout.MostHanded];
                Next = from;
                for (var i = _outside.Count - 1; i >= 0; i--)
                {
                    if ((int)(_outside[i].Number - from) >= 0)
                    {
                        ReturnOutside(i);
                    }
                }

                return from;
            }
        }
    }

    /// <summary>All tasks before this number have their reply.</summary>
    public void Completed(uint number)
    {
        while (_outside.Count > 0 && (int)(_outside[0].Number - number) < 0)
        {
            ReturnOutside(0);
        }
    }

    /// <summary>Gives memory back that large tasks needed.</summary>
    public void Trim()
    {
        if (_idle is { } idle)
        {
            _idle = null;
            Free(idle);
        }
    }

    /// <summary>The worker is gone.</summary>
    public void Dispose()
    {
        Trim();
        foreach (var (_, segment) in _outside)
        {
            Free(segment);
        }

        _outside.Clear();
    }

    private void ReturnOutside(int index)
    {
        var segment = _outside[index].Segment;
        _outside.RemoveAt(index);
        if (_idle is null || _idle.Size < segment.Size)
        {
            (segment, _idle) = (_idle, segment);
        }

        if (segment is not null)
        {
            Free(segment);
        }
    }

    private void Free(Segment segment)
    {
        if (!memory.Session.HasLeft)
        {
            memory.Session.Segments.FreePart(segment.Id);
        }

        segment.Unmap();
    }
}

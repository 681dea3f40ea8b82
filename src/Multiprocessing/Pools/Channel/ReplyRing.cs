using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The worker's end of its reply ring. Used by the worker's main thread only, until a task has something by which its other threads can tell the pool something (<see cref="Share"/>).</summary>
internal sealed unsafe class ReplyRing(PoolMemory channel, PoolMemory bell)
{
    private const int Mask = ChannelLayout.RingBytes - 1;

    /// <summary>Larger contents go into a segment of their own.</summary>
    public const int LargestInside = ChannelLayout.RingBytes / 4;

    private readonly ChannelLayout* _channel = (ChannelLayout*)channel.Base;
    private readonly BellLayout* _bell = (BellLayout*)bell.Base;
    private readonly byte* _data = channel.Base + ChannelLayout.ReplyRing;

    // Large results: each is free again when the pool has read past the record that named it.
    private readonly List<(long End, Segment Segment)> _outside = [];
    private long _head;
    private long _tail;
    private SpinBudget _spin;
    private Lock? _shared;

    /// <summary>Replies that the pool was not notified of.</summary>
    public int Unannounced { get; private set; }

    /// <summary>From now on several threads write. By the main thread, which is not writing at that moment.</summary>
    public void Share() => _shared ??= new Lock();

    /// <summary>One record at a time, from before its room is reserved until it is committed.</summary>
    public Turn TakeTurn() => new(_shared);

    /// <summary>Room for a record in one piece; waits until the pool has read enough.</summary>
    public byte* Reserve(int bytes)
    {
        bytes = (bytes + 7) & ~7;
        var toEnd = ChannelLayout.RingBytes - (int)(_head & Mask);
        var pad = toEnd < bytes ? toEnd : 0;
        while (_head + pad + bytes - _tail > ChannelLayout.RingBytes)
        {
            var seen = _tail;
            _tail = Volatile.Read(ref _channel->ReplyTail);
            if (_tail == seen)
            {
                WaitForRoom(seen);
            }
        }

        if (pad != 0)
        {
            var header = (ReplyHeader*)(_data + (_head & Mask));
            header->Length = pad;
            header->Kind = ReplyKind.Pad;
            _head += pad;
        }

        return _data + (_head & Mask);
    }

    /// <summary>Commits the record that was written where <see cref="Reserve"/> said: one release store. Killed before it: there is no reply, and the task was running.</summary>
    public void Commit(int bytes)
    {
        _head += (bytes + 7) & ~7;
        Volatile.Write(ref _channel->ReplyHead, _head);
        Unannounced++;
    }

    /// <summary>Writes a reply from a message; of a task that is measured, <paramref name="ended"/> is when its body ended, and 0 otherwise.</summary>
    public void Write(ReplyKind kind, uint number, MessageBuffer content, TaskTimes times = default, long ended = 0)
    {
        using var turn = TakeTurn();
        var length = content.Length;
        var isOutside = length > LargestInside;
        var inside = isOutside ? 2 * sizeof(long) : (int)length;
        Segment? outside = null;
        if (isOutside)
        {
            outside = Outside(length);
            content.CopyTo(outside.Base);
        }

        var before = sizeof(ReplyHeader) + (ended != 0 ? sizeof(TaskTimes) : 0);
        var at = Reserve(before + inside);
        *(ReplyHeader*)at = new ReplyHeader
        {
            Length = inside,
            Kind = kind,
            IsOutside = isOutside ? (byte)1 : (byte)0,
            IsMeasured = ended != 0 ? (byte)1 : (byte)0,
            Sequence = number,
        };
        var data = at + before;
        if (outside is not null)
        {
            ((long*)data)[0] = outside.Id.ToWord();
            ((long*)data)[1] = length;
            _outside.Add((_head + before + inside, outside));
        }
        else
        {
            content.CopyTo(data);
        }

        if (ended != 0)
        {
            times.Write = (uint)Math.Min(Stopwatch.GetTimestamp() - ended, uint.MaxValue);
            *(TaskTimes*)(at + sizeof(ReplyHeader)) = times;
        }

        Commit(before + inside);
        content.MarkSent();
    }

    /// <summary>Writes an error. One that does not cross as a whole, because there is no memory for it, crosses as a short text, for which the ring itself has room.</summary>
    public void WriteError(ReplyKind kind, uint number, Exception error, TaskTimes times = default, long ended = 0)
    {
        using var whole = MessageBuffer.Rent();
        try
        {
            ExceptionMessage.Write(whole, error);
            Write(kind, number, whole, times, ended);
        }
        catch (Exception obstacle)
        {
            using var text = MessageBuffer.Rent();
            ExceptionMessage.WriteText(text, error, $"handing it over threw {ExceptionText.OneLine(obstacle)}");
            Write(kind, number, text, times, ended);
        }
    }

    /// <summary>Wakes the pool if it sleeps. Killed before: it looks by itself within its slice.</summary>
    public void Announce()
    {
        Unannounced = 0;
        Interlocked.MemoryBarrier();

        // A caller who looks takes itself off before its last look: either it sees our commit, or we see that it has gone.
        if (Volatile.Read(ref _bell->Looking) == 0)
        {
            WaitPoint.Notify(&_bell->Replies, 1, bell.Session.Doorbells);
        }
    }

    /// <summary>Gives the memory of large results back that the pool has read.</summary>
    public void Trim()
    {
        using var turn = TakeTurn();
        _tail = Volatile.Read(ref _channel->ReplyTail);
        for (var i = _outside.Count - 1; i >= 0; i--)
        {
            if (_outside[i].End <= _tail)
            {
                Free(i);
            }
        }
    }

    private Segment Outside(long bytes)
    {
        _tail = Volatile.Read(ref _channel->ReplyTail);
        Segment? found = null;
        for (var i = _outside.Count - 1; i >= 0; i--)
        {
            if (_outside[i].End > _tail)
            {
                continue;
            }

            if (found is null && _outside[i].Segment.Size >= bytes)
            {
                found = _outside[i].Segment;
                _outside.RemoveAt(i);
            }
            else
            {
                Free(i);
            }
        }

        var size = bytes >= 64 << 20 ? bytes : (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes);
        return found ?? channel.Session.Segments.Create(SegmentKind.Ring, size, channel.Id);
    }

    private void Free(int index)
    {
        var segment = _outside[index].Segment;
        _outside.RemoveAt(index);
        channel.Session.Segments.FreePart(segment.Id);
        segment.Unmap();
    }

    public readonly ref struct Turn
    {
        private readonly Lock? _shared;

        public Turn(Lock? shared)
        {
            _shared = shared;
            shared?.Enter();
        }

        public void Dispose() => _shared?.Exit();
    }

    private void WaitForRoom(long seen)
    {
        var sleep = new SleepLoop(&_channel->Room, Deadline.Never, WaitTimings.Slice);
        while (Volatile.Read(ref _channel->ReplyTail) == seen)
        {
            if (Volatile.Read(ref _channel->Closed) == ChannelLayout.Abandoned)
            {
                throw new OperationCanceledException("The pool has given up this worker, and reads no more of what its task writes.");
            }

            if (!sleep.IsAnnounced)
            {
                Announce();
            }

            if (!sleep.SpinOrAnnounce(ref _spin, &_channel->ReplyTail, seen))
            {
                sleep.Sleep(WaitTimings.Slice);
            }
        }
    }
}

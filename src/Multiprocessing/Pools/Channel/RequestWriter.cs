using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The pool's end of a worker's requests: writes tasks, publishes them, takes back what the worker has not started. Under the loop's gate.
/// <para>
/// What this side has written is also kept in this process, and what the worker writes is taken over only if it is valid
/// (<see cref="ChannelDamage"/>): the number of tasks that it has started is between the numbers of those that it has replied to and those that were
/// published, and never falls.
/// </para>
/// </summary>
internal sealed unsafe class RequestWriter(PoolMemory memory, ChannelDamage damage)
{
    /// <summary>A worker that is in order claims a task in between a few times at most.</summary>
    private const int MostTries = 1 << 20;

    private readonly ChannelLayout* _channel = (ChannelLayout*)memory.Base;
    private readonly ContentSegments _contents = new(memory);

    // Where the record of each task begins that has no reply yet: taking tasks back rewinds the ring to the first of them.
    private readonly long[] _positions = new long[ChannelLayout.MaxTasks];
    private RingWriter _ring = new(memory.Base + ChannelLayout.RequestRing);
    private uint _published;
    private uint _started;

    /// <summary>Gets the number of the next task to be written.</summary>
    public uint Next { get; private set; }

    /// <summary>Gets or sets the number of replies that were read.</summary>
    public uint Replied { get; set; }

    /// <summary>Gets how many tasks the worker has started (acquire); of a channel that is damaged, as many as were known before.</summary>
    public uint Started
    {
        get
        {
            var claim = Volatile.Read(ref _channel->Claim);
            var started = (uint)claim;
            if (damage.Found is null)
            {
                if ((uint)(claim >> 32) == _published && started - Replied <= _published - Replied && (int)(started - _started) >= 0)
                {
                    _started = started;
                }
                else
                {
                    damage.Report(
                        $"its claim says {started} of {(uint)(claim >> 32)} tasks; {_published} were published, and it has replied to {Replied}");
                }
            }

            return (int)(Replied - _started) > 0 ? Replied : _started;
        }
    }

    /// <summary>
    /// Writes a task's header and returns room for its body and argument: in the ring, or in a segment that the record names. The worker sees nothing
    /// of it before <see cref="Publish"/>.
    /// </summary>
    /// <param name="header">The header; its length is set here.</param>
    /// <param name="length">Bytes of body and argument.</param>
    /// <returns><see langword="null"/> if there is no room now.</returns>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for a segment.</exception>
    public byte* TryWrite(RequestHeader header, long length)
    {
        if (length > ByteRing.LargestContent)
        {
            return TryWriteLarge(header, length);
        }

        header.Length = (int)length;
        var at = TryAppend(sizeof(RequestHeader) + (int)length);
        if (at is null)
        {
            return null;
        }

        header.Number = Next - 1;
        *(RequestHeader*)at = header;
        return at + sizeof(RequestHeader);
    }

    /// <summary>
    /// Returns room for records of one size, headers included, one behind the other in one piece: for as many as there is room for now. The worker
    /// sees nothing of them before <see cref="Publish"/>.
    /// </summary>
    public byte* TryReserve(int bytes, int count, out int reserved)
    {
        bytes = ByteRing.Align(bytes);
        var first = TryAppend(bytes);
        if (first is null)
        {
            reserved = 0;
            return null;
        }

        reserved = 1 + (int)Math.Min(count - 1, _ring.RoomBehind / bytes);
        for (var i = 1; i < reserved; i++)
        {
            _positions[Next++ % ChannelLayout.MaxTasks] = _ring.Position;
            _ring.Append(bytes);
        }

        return first;
    }

    /// <summary>
    /// Publishes what was written: one interlocked addition is the commit. Killed before it: the worker has seen nothing, and it ends with the pool.
    /// </summary>
    public void Publish()
    {
        var count = Next - _published;
        if (count != 0 && damage.Found is null)
        {
            _published = Next;
            Interlocked.Add(ref _channel->Claim, (long)count << 32);
            WaitPoint.Notify(&_channel->Requests, 1, memory.Session.Doorbells);
        }
    }

    /// <summary>Takes back the tasks from a number on that the worker has not started, by a CAS that its claim competes with.</summary>
    /// <returns>The number of the first task taken back; none was if that is <see cref="Next"/>. Of a damaged channel none is: what was started is
    /// known when the worker has ended.</returns>
    public uint TakeBack(uint first)
    {
        for (var tries = 0; ; tries++)
        {
            var started = Started;
            var from = (int)(first - started) < 0 ? started : first;
            if (damage.Found is not null || (int)(from - _published) >= 0)
            {
                return Next; // also for a number behind the last task: taking back from there would publish what was never written
            }

            var position = _positions[from % ChannelLayout.MaxTasks];
            if (position < _ring.Read)
            {
                damage.Report($"it says that it has read {_ring.Read} bytes, and task {from}, which it has not started, is at byte {position}");
                return Next;
            }

            if (tries == MostTries)
            {
                damage.Report("its claim changes without end");
                return Next;
            }

            var claim = ((long)_published << 32) | started;
            if (Interlocked.CompareExchange(ref _channel->Claim, ((long)from << 32) | started, claim) == claim)
            {
                Invalidate(from);
                _ring.Rewind(position);
                _contents.ReleaseFrom(position);
                _published = Next = from;
                return from;
            }
        }
    }

    /// <summary>All tasks before this number have their reply.</summary>
    public void Complete(uint number) => _contents.ReleaseBefore(number == Next ? _ring.Position : _positions[number % ChannelLayout.MaxTasks]);

    /// <summary>Cancels the token of a task. Killed between the word and the notification: this is the pool, and its workers end with it.</summary>
    public void Cancel(uint number)
    {
        Interlocked.Exchange(ref _channel->Cancelled, (1L << 32) | number);
        WaitPoint.Notify(&_channel->Signals, 1, memory.Session.Doorbells);
    }

    /// <summary>Gives a task that was written, and is not published, the span of the attempt before.</summary>
    public void SetEarlierSpan(uint number, in AttemptSpan span) =>
        _channel->Earlier[(int)(number % EarlierSpans.Length)].Set(number, span.Context, span.Parent.SpanId, span.Start);

    /// <summary>Returns the span of a task that the worker has started and not ended, if a listener there recorded one.</summary>
    public AttemptSpan? LostSpan(uint number) => _channel->Span.IsOf(number) ? _channel->Span.Read() : null;

    /// <summary>Asks the worker to end: no more tasks will follow.</summary>
    public void Close()
    {
        Interlocked.Exchange(ref _channel->Closed, 1);
        WaitPoint.Notify(&_channel->Requests, 1, memory.Session.Doorbells);
    }

    /// <summary>The worker has ended.</summary>
    public void Dispose() => _contents.Dispose();

    /// <summary>
    /// Gives what was taken back a number that no task has. A task that writes over <see cref="ChannelLayout.Claim"/> can make its worker start more
    /// than was published: it would find these records with the numbers that it looks for, and reply with their results to the tasks which got the
    /// numbers later.
    /// </summary>
    private void Invalidate(uint from)
    {
        for (var number = from; number != _published; number++)
        {
            var position = _positions[number % ChannelLayout.MaxTasks];
            ((RequestHeader*)_ring.AtPosition(position))->Number = number - ChannelLayout.MaxTasks;
        }
    }

    private byte* TryWriteLarge(RequestHeader header, long length)
    {
        var segment = _contents.Rent(length);
        var at = TryAppend(sizeof(RequestHeader) + sizeof(ContentReference));
        if (at is null)
        {
            _contents.Return(segment);
            return null;
        }

        header.Length = sizeof(ContentReference);
        header.Flags |= RequestFlags.InSegment;
        header.Number = Next - 1;
        *(RequestHeader*)at = header;
        *(ContentReference*)(at + sizeof(RequestHeader)) = new ContentReference { Segment = segment.Id.ToWord(), Length = length };
        _contents.Use(_positions[(Next - 1) % ChannelLayout.MaxTasks], segment);
        return segment.Base;
    }

    /// <summary>Appends one record in one piece, and numbers it.</summary>
    private byte* TryAppend(int bytes)
    {
        AssertInvariants();
        var at = _ring.TryReserve(bytes);
        if (at is null && (!TryRefresh() || (at = _ring.TryReserve(bytes)) is null))
        {
            return null;
        }

        _positions[Next++ % ChannelLayout.MaxTasks] = _ring.Position;
        _ring.Append(bytes);
        return at;
    }

    /// <summary>Takes over how far the worker has read, if that is valid.</summary>
    private bool TryRefresh()
    {
        var read = Volatile.Read(ref _channel->RequestTail);
        if (read < _ring.Read || read > _ring.Position)
        {
            damage.Report($"it says that it has read {read} bytes, after {_ring.Read}, of {_ring.Position}");
            return false;
        }

        _ring.Read = read;
        return true;
    }

    /// <summary>
    /// Replied, started, published and next follow one another, and from the first to the last it is no more than the table of positions holds.
    /// Numbers wrap, so only differences are compared.
    /// </summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        _ring.AssertInvariants();
        Debug.Assert(
            Next - Replied < ChannelLayout.MaxTasks,
            "A worker has fewer tasks without a reply than the table of positions holds: check the backlog before writing.");
        Debug.Assert(Next - _published <= Next - Replied, "A task that is replied to was published.");
        Debug.Assert((int)(_published - _started) >= 0, "A task that is started was published.");
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The worker's end of its replies: writes and commits results, errors and reports. On the worker's main thread only, until a task has an object by
/// which its other threads report to the pool (<see cref="Share"/>).
/// </summary>
internal sealed unsafe class ReplyWriter(PoolMemory channel, PoolMemory bell)
{
    private readonly ChannelLayout* _channel = (ChannelLayout*)channel.Base;
    private readonly BellLayout* _bell = (BellLayout*)bell.Base;
    private readonly ContentSegments _contents = new(channel);
    private RingWriter _ring = new(channel.Base + ChannelLayout.ReplyRing);
    private SpinBudget _spin;
    private Lock? _shared;

    /// <summary>How many replies were committed since the pool was last notified.</summary>
    public int Unnotified { get; private set; }

    /// <summary>From now on several threads write. Called by the main thread, which is not writing at that moment.</summary>
    public void Share() => _shared ??= new Lock();

    /// <summary>Excludes other threads while a record is written: from before its room is reserved until it is committed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WriteScope EnterWrite() => new(_shared);

    /// <summary>Returns room for a record in one piece; waits until the pool has read enough.</summary>
    /// <exception cref="OperationCanceledException">The pool has abandoned this worker, a thread of its process.</exception>
    public byte* Reserve(int bytes)
    {
        AssertOwned();
        byte* at;
        while ((at = _ring.TryReserve(bytes)) is null)
        {
            WaitForRoom(_ring.Read);
            _ring.Read = Volatile.Read(ref _channel->ReplyTail);
        }

        return at;
    }

    /// <summary>
    /// Commits the record that was written at <see cref="Reserve"/>'s room: one release store. Killed before it: there is no reply, and the task was
    /// running. Killed after it: the reply counts.
    /// </summary>
    public void Commit(int bytes)
    {
        AssertOwned();
        _ring.Append(bytes);
        Volatile.Write(ref _channel->ReplyHead, _ring.Position);
        Unnotified++;
    }

    /// <summary>Writes a message and commits it.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="number">The task's number.</param>
    /// <param name="content">The message; it is marked as sent.</param>
    /// <param name="times">Of a task that is measured.</param>
    /// <param name="ended">When the body of a task that is measured ended; 0 otherwise.</param>
    public void Write(ReplyKind kind, uint number, MessageBuffer content, TaskTimes times = default, long ended = 0)
    {
        using var write = EnterWrite();
        var length = content.Length;
        var segment = length > ByteRing.LargestContent ? FillSegment(content) : null;
        var inside = segment is null ? (int)length : sizeof(ContentReference);
        var before = sizeof(ReplyHeader) + (ended != 0 ? sizeof(TaskTimes) : 0);
        var at = segment is null ? Reserve(before + inside) : ReserveFor(segment, before + inside);
        *(ReplyHeader*)at = new ReplyHeader
        {
            Length = inside,
            Kind = kind,
            IsInSegment = segment is null ? (byte)0 : (byte)1,
            IsMeasured = ended != 0 ? (byte)1 : (byte)0,
            Number = number,
        };
        if (segment is null)
        {
            content.CopyTo(at + before);
        }
        else
        {
            *(ContentReference*)(at + before) = new ContentReference { Segment = segment.Id.ToWord(), Length = length };
            _contents.Use(_ring.Position, segment);
        }

        if (ended != 0)
        {
            times.Write = (uint)Math.Min(Stopwatch.GetTimestamp() - ended, uint.MaxValue);
            *(TaskTimes*)(at + sizeof(ReplyHeader)) = times;
        }

        Commit(before + inside);
        content.MarkSent();
    }

    /// <summary>
    /// Writes an error and commits it. An error that cannot be sent as a whole, because there is no memory for it, is sent as a short text, for which
    /// the ring has room.
    /// </summary>
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

    /// <summary>Wakes the pool if it sleeps. Killed before: the pool checks by itself after its slice.</summary>
    public void NotifyPool()
    {
        Unnotified = 0;
        Interlocked.MemoryBarrier();

        // A caller that spins for replies removes itself from the count before its last check: either that check sees our commit, or we see that it
        // has left.
        if (Volatile.Read(ref _bell->SpinningCallers) == 0)
        {
            WaitPoint.Notify(&_bell->Replies, 1, bell.Session.Doorbells);
        }
    }

    /// <summary>Frees the segments of large contents that the pool has read.</summary>
    public void Trim()
    {
        using var write = EnterWrite();
        ReleaseRead();
        _contents.Trim();
    }

    private Segment FillSegment(MessageBuffer content)
    {
        ReleaseRead();
        var segment = _contents.Rent(content.Length);
        content.CopyTo(segment.Base);
        return segment;
    }

    private byte* ReserveFor(Segment segment, int bytes)
    {
        try
        {
            return Reserve(bytes);
        }
        catch
        {
            _contents.Return(segment);
            throw;
        }
    }

    private void ReleaseRead()
    {
        _ring.Read = Volatile.Read(ref _channel->ReplyTail);
        _contents.ReleaseBefore(_ring.Read);
    }

    private void WaitForRoom(long seen)
    {
        var sleep = new SleepLoop(&_channel->Room, Deadline.Never, WaitTimings.Slice);
        while (Volatile.Read(ref _channel->ReplyTail) == seen)
        {
            if (Volatile.Read(ref _channel->Closed) == ChannelLayout.Abandoned)
            {
                throw new OperationCanceledException("The pool has abandoned this worker, and reads no more of what its task writes.");
            }

            if (!sleep.IsAnnounced)
            {
                NotifyPool();
            }

            if (!sleep.SpinOrAnnounce(ref _spin, &_channel->ReplyTail, seen))
            {
                sleep.Sleep(WaitTimings.Slice);
            }
        }
    }

    /// <summary>A scope of the lock, if there is one. The runtime's own scope costs nanoseconds without a lock, too.</summary>
    public readonly ref struct WriteScope
    {
        private readonly Lock? _shared;

        public WriteScope(Lock? shared)
        {
            _shared = shared;
            shared?.Enter();
        }

        public void Dispose() => _shared?.Exit();
    }

    [Conditional("DEBUG")]
    private void AssertOwned() =>
        Debug.Assert(
            _shared is null || _shared.IsHeldByCurrentThread,
            "Records are written one at a time: enter EnterWrite before Reserve, and leave it after Commit.");
}

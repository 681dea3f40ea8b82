using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The pool's end of a worker's replies: finds what was committed, checks it (<see cref="ChannelDamage"/>), returns its room. Under the loop's gate,
/// except <see cref="HasReplies"/>.
/// </summary>
internal sealed unsafe class ReplyReader(PoolMemory memory, ChannelDamage damage)
{
    private readonly ChannelLayout* _channel = (ChannelLayout*)memory.Base;
    private readonly ContentMappings _contents = new(memory);
    private RingReader _ring = new(memory.Base + ChannelLayout.ReplyRing);
    private long _committed;

    /// <summary>A poll of the commit word alone: there is a reply, or a value that is not valid.</summary>
    public bool HasReplies => Volatile.Read(ref _channel->ReplyHead) != _ring.Position;

    /// <summary>Finds the end of what was committed (acquire).</summary>
    /// <returns><see langword="true"/> if there is more than was read.</returns>
    public bool Refresh()
    {
        var position = _ring.Position;
        var head = Volatile.Read(ref _channel->ReplyHead);
        if (head < position || head - position > ByteRing.Bytes || (head & 7) != 0)
        {
            damage.Report($"it says that its replies end at byte {head}, and they were read up to {position}");
            return false;
        }

        _committed = head;
        return head != position;
    }

    /// <summary>
    /// Returns the replies that lie here one behind the other in one piece, for a reader that takes many plain ones at once and checks each itself.
    /// </summary>
    public byte* Peek(out byte* end)
    {
        var at = _ring.At;
        end = at + InPiece;
        return at;
    }

    /// <summary>Returns the next reply. It is read when <see cref="Advance(in Reply)"/> is called.</summary>
    /// <returns><see langword="false"/> if there is none, or it is none (<see cref="ChannelDamage"/>).</returns>
    public bool TryNext(out Reply reply)
    {
        reply = default;
        while (_ring.Position != _committed)
        {
            var at = _ring.At;
            var header = CopyHeader(at);
            if (header.IsPad)
            {
                if (header.PadBytes != ByteRing.ToEnd(_ring.Position) || header.PadBytes > InPiece)
                {
                    ReportInvalid(header);
                    return false;
                }

                _ring.Advance(header.PadBytes);
                continue;
            }

            var before = sizeof(ReplyHeader) + (header.IsMeasured != 0 ? sizeof(TaskTimes) : 0);
            if (before + (long)header.Length > InPiece || (header.IsInSegment != 0 && header.Length != sizeof(ContentReference)))
            {
                ReportInvalid(header);
                return false;
            }

            var times = header.IsMeasured != 0 ? *(TaskTimes*)(at + sizeof(ReplyHeader)) : default;
            reply = new Reply(header, at + before, before + header.Length, times);
            return true;
        }

        return false;
    }

    /// <summary>The reply cannot be the next one of this worker.</summary>
    public void ReportInvalid(in ReplyHeader header) =>
        damage.Report($"what lies at byte {_ring.Position} of its replies is none (kind {header.Kind}, task {header.Number}, {header.Length} bytes)");

    /// <summary>The reply was read.</summary>
    public void Advance(in Reply reply) => _ring.Advance(reply.Bytes);

    /// <summary>So many bytes of <see cref="Peek"/>'s replies were read.</summary>
    public void Advance(int bytes)
    {
        Debug.Assert(bytes == ByteRing.Align(bytes) && bytes <= InPiece, "Only whole records that were committed are read.");
        _ring.Advance(bytes);
    }

    /// <summary>Returns where a reply's content lies: behind its header, or in a segment of its own.</summary>
    /// <exception cref="InvalidDataException">There is no such segment, or it is smaller: the channel is damaged.</exception>
    public byte* Content(in Reply reply, out byte* end)
    {
        if (reply.Header.IsInSegment == 0)
        {
            end = reply.Data + reply.Header.Length;
            return reply.Data;
        }

        var content = *(ContentReference*)reply.Data;
        try
        {
            var segment = _contents.Open(content.Segment);
            if (content.Length < 0 || content.Length > segment.Size)
            {
                throw new InvalidDataException($"A result of {content.Length} bytes does not lie in a segment of {segment.Size}.");
            }

            end = segment.Base + content.Length;
            return segment.Base;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            damage.Report(ExceptionText.Message(exception));
            throw;
        }
    }

    /// <summary>Returns the room of what was read to the worker. Killed before it: this is the pool, and its workers end with it.</summary>
    public void Release()
    {
        Interlocked.Exchange(ref _channel->ReplyTail, _ring.Position);
        WaitPoint.Notify(&_channel->Room, 1, memory.Session.Doorbells);
    }

    /// <summary>Unmaps segments of large contents.</summary>
    public void Trim() => _contents.Trim();

    private long InPiece => Math.Min(ByteRing.ToEnd(_ring.Position), _committed - _ring.Position);

    /// <summary>Copies a header, so that what was checked is what is used, whatever is written there meanwhile.</summary>
    private ReplyHeader CopyHeader(byte* at)
    {
        ReplyHeader header = default;

        // Of a pad at the very end of the ring there is only the first half.
        Unsafe.CopyBlockUnaligned(&header, at, (uint)Math.Min(InPiece, sizeof(ReplyHeader)));
        return header;
    }
}

/// <summary>A committed reply. What its header announces lies in what was committed.</summary>
/// <param name="header">A copy.</param>
/// <param name="data">The content, or the <see cref="ContentReference"/>.</param>
/// <param name="bytes">The whole record.</param>
/// <param name="times">Of a task that was measured.</param>
internal readonly unsafe struct Reply(ReplyHeader header, byte* data, int bytes, TaskTimes times)
{
    public readonly ReplyHeader Header = header;

    public readonly byte* Data = data;

    public readonly int Bytes = bytes;

    public readonly TaskTimes Times = times;

    /// <summary>The times were measured, and are not memory that was written over: such times are left out.</summary>
    public bool HasTimes =>
        Header.IsMeasured != 0 && Times.Work > 0 && Times.Begun > 0
        && Times.Begun + Times.Work is var end && end > 0 && end <= Stopwatch.GetTimestamp();
}

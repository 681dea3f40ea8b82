using System.Diagnostics;
using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>How far the next message of a link has arrived.</summary>
internal enum FrameState
{
    /// <summary>It has not arrived, or not completely.</summary>
    Partial,

    /// <summary><see cref="FrameAssembler.Take"/> returns it.</summary>
    Complete,

    /// <summary>It is longer than the limit. Its content was not read.</summary>
    TooLarge,

    /// <summary>No message will follow.</summary>
    End,
}

/// <summary>
/// Assembles messages from the bytes of a link. It keeps what has arrived of a message, so a wait that ends in the middle of one loses nothing.
/// Memory grows with the bytes that arrive, and not with the length that the sender claims. One thread at a time.
/// </summary>
internal sealed unsafe class FrameAssembler(ByteLink link, long limit) : IDisposable
{
    /// <summary>A small message and its header are one read; a peer that has not proven anything yet costs this buffer.</summary>
    private const int BufferSize = 4 * 1024;

    /// <summary>The memory with which a long message begins; it doubles as the bytes arrive.</summary>
    private const long FirstPart = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private long? _length;
    private ReceivedMessage? _long;
    private long _filled;

    /// <summary>Gets or sets the length of the longest message that is accepted. A longer one stays where it is.</summary>
    public long Limit { get; set; } = limit;

    /// <summary>
    /// Gets the length of the message at hand; defined for <see cref="FrameState.Complete"/> and <see cref="FrameState.TooLarge"/>.
    /// </summary>
    public long Length => _length ?? 0;

    /// <summary>Gets why no message will follow, in words, unless the other side ended the stream between two messages.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Gets the error of the link that ended the stream.</summary>
    public Exception? Error { get; private set; }

    public bool HasEnded { get; private set; }

    /// <summary>Gets the time of the last read that had a result, as of <see cref="Stopwatch"/>.</summary>
    public long LastRead { get; private set; } = Stopwatch.GetTimestamp();

    private Span<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Reads what has arrived, without a wait.</summary>
    /// <param name="maxLength">A message that is longer is <see cref="FrameState.TooLarge"/>, and its content is not read.</param>
    public FrameState Advance(long maxLength)
    {
        while (!HasEnded)
        {
            if (_length is not { } length)
            {
                if (!ReadHeader() && !Fill())
                {
                    break;
                }

                continue;
            }

            if (length > maxLength || length > Limit)
            {
                return FrameState.TooLarge;
            }

            if (_long is null && length <= _end - _start)
            {
                return FrameState.Complete;
            }

            if (length > BufferSize)
            {
                if (FillLong(length))
                {
                    return FrameState.Complete;
                }

                break;
            }

            if (!Fill())
            {
                break;
            }
        }

        return HasEnded ? FrameState.End : FrameState.Partial;
    }

    /// <summary>Returns the message after <see cref="FrameState.Complete"/>.</summary>
    public void Take(ReceivedMessage message)
    {
        Debug.Assert(_length is not null, "A message is taken after Advance has found it complete.");
        var length = _length ?? 0;
        if (_long is { } assembled)
        {
            _long = null;
            message.Exchange(assembled);
            assembled.Dispose();
        }
        else
        {
            Unread[..(int)length].CopyTo(new Span<byte>(message.Prepare(length), (int)length));
            _start += (int)length;
        }

        _length = null;
        _filled = 0;
    }

    /// <summary>No message will follow, for a reason that the link does not know.</summary>
    public void End(string trouble, Exception? error = null)
    {
        if (!HasEnded)
        {
            HasEnded = true;
            Trouble = trouble;
            Error = error;
        }
    }

    public void Dispose()
    {
        HasEnded = true;
        _long?.Dispose();
        _long = null;
    }

    private bool ReadHeader()
    {
        var size = FrameHeader.Read(Unread, out var length);
        if (size == 0)
        {
            return false;
        }

        if (length < 0)
        {
            const string trouble =
                "it sent bytes that are no message (a negative length): the other side does not speak this protocol, or expects TLS or a key";
            End(trouble, new InvalidDataException(trouble));
            return true;
        }

        _start += size;
        _length = length;
        return true;
    }

    /// <summary>Reads more bytes into the buffer. Returns false if there are none now, or none any more.</summary>
    private bool Fill()
    {
        if (_start > 0)
        {
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var count = Read(_buffer.AsSpan(_end));
        if (count <= 0)
        {
            return false;
        }

        _end += count;
        return true;
    }

    /// <summary>Reads the bytes of a message that is longer than the buffer to their place. Returns whether it is complete.</summary>
    private bool FillLong(long length)
    {
        if (_long is null)
        {
            _long = ReceivedMessage.Rent();
            _long.Extend(Math.Min(length, FirstPart));
            Unread.CopyTo(new Span<byte>(_long.Data, _end - _start));
            _filled = _end - _start;
            (_start, _end) = (0, 0);
        }

        while (_filled < length)
        {
            if (_filled == _long.Length)
            {
                _long.Extend(Math.Min(length, _filled * 2));
            }

            var count = Read(new Span<byte>(_long.Data + _filled, (int)Math.Min(_long.Length - _filled, 1 << 30)));
            if (count <= 0)
            {
                return false;
            }

            _filled += count;
        }

        _long.Length = length;
        return true;
    }

    private int Read(Span<byte> destination)
    {
        int count;
        try
        {
            count = link.TryRead(destination);
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException)
        {
            End($"the connection broke ({error.Message})", error);
            return 0;
        }

        if (count > 0)
        {
            LastRead = Stopwatch.GetTimestamp();
        }
        else if (count == 0)
        {
            HasEnded = true;
            Trouble = _length is not null || _end > _start ? "it ended in the middle of a message" : null;
        }

        return count;
    }
}

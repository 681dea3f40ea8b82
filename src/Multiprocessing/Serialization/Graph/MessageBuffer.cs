using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// One serialized message, pooled. Its owner either hands it over (copies it into a ring or a socket) and disposes it,
/// or calls <see cref="Cancel"/> before disposing it, so that the handles in it do not count as travelling for ever.
/// </summary>
/// <remarks>
/// A list of native chunks, so that a message may exceed 2 GiB and growing never copies. Large arrays are not copied in:
/// the message refers to them until <see cref="CopyTo(byte*)"/>, and whoever changes such an array meanwhile changes the message.
/// Not thread-safe: one owner at a time.
/// </remarks>
internal sealed partial class MessageBuffer : IDisposable
{
    /// <summary>How many idle buffers are kept for all threads together, beside one per thread.</summary>
    private const int SharedSlots = 8;

    private static readonly MessageBuffer?[] Shared = new MessageBuffer?[SharedSlots];

    [ThreadStatic]
    private static MessageBuffer? _threadIdle;

    private readonly List<ITravellingReference> _travelling = [];
    private bool _isRented;

    private MessageBuffer() => Writer = new GraphWriter(this);

    /// <summary>Frees the native chunks of a buffer that fell out of the pool or was never disposed.</summary>
    ~MessageBuffer() => FreeChunks();

    /// <summary>The state of writing object graphs into this buffer.</summary>
    internal GraphWriter Writer { get; }

    public static MessageBuffer Rent()
    {
        var buffer = _threadIdle;
        if (buffer is not null)
        {
            _threadIdle = null;
        }
        else
        {
            buffer = TakeShared() ?? new MessageBuffer();
        }

        buffer._isRented = true;
        return buffer;
    }

    /// <summary>
    /// Who sends the message keeps the references of its handles (<see cref="KeepTravelling"/>) and gives them back when it knows that the message was read or never
    /// will be; the reader must not. Set before writing. Else whoever reads the message gives them back.
    /// </summary>
    public bool SenderKeepsReferences { get; set; }

    /// <summary>Bytes written.</summary>
    public long Length => _closedLength + (_cursor - _open);

    /// <summary>Copies the whole message to <paramref name="destination"/>, which has room for <see cref="Length"/> bytes.</summary>
    public unsafe void CopyTo(byte* destination)
    {
        var at = destination;
        for (var i = 0; i < _pieceCount; i++)
        {
            ref var piece = ref _pieces[i];
            CopyPiece(ref piece, 0, ref *at, piece.Length);
            at += piece.Length;
        }

        // A message that fits its first chunk, which is nearly every message, has no closed piece at all.
        Unsafe.CopyBlockUnaligned(at, (byte*)_open, (uint)(_cursor - _open));
    }

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on; for senders that work in pieces.</summary>
    public void CopyTo(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - destination.Length);
        for (var i = 0; i < _pieceCount && !destination.IsEmpty; i++)
        {
            ref var piece = ref _pieces[i];
            if (offset >= piece.Length)
            {
                offset -= piece.Length;
                continue;
            }

            var count = (int)Math.Min(piece.Length - offset, destination.Length);
            CopyPiece(ref piece, offset, ref destination[0], count);
            destination = destination[count..];
            offset = 0;
        }

        unsafe
        {
            new ReadOnlySpan<byte>((byte*)_open + offset, destination.Length).CopyTo(destination);
        }
    }

    /// <summary>Takes back every handle in the message, because nobody will read it. Idempotent.</summary>
    public void Cancel() => CancelTravelling(0);

    /// <summary>The references of the handles written so far.</summary>
    public IReadOnlyList<ITravellingReference> Travelling => _travelling;

    /// <summary>The references of the handles written so far become the caller's, to be cancelled one by one; <see cref="Cancel"/> has nothing left to do then.</summary>
    public ITravellingReference[] KeepTravelling()
    {
        ITravellingReference[] kept = [.. _travelling];
        _travelling.Clear();
        return kept;
    }

    /// <summary>Gives the buffer back. What it refers to is forgotten, not cancelled: the message counts as handed over.</summary>
    public void Dispose()
    {
        if (!_isRented)
        {
            return;
        }

        _isRented = false;
        SenderKeepsReferences = false;
        _travelling.Clear();
        Truncate(default);
        TrimChunks();
        if (_threadIdle is null)
        {
            _threadIdle = this;
        }
        else
        {
            GiveShared(this);
        }
    }

    internal void AddTravelling(ITravellingReference reference) => _travelling.Add(reference);

    /// <summary>Where the message ends now, to return to when what follows cannot be serialized.</summary>
    internal MessageMark Mark() => new(_pieceCount, Length, _travelling.Count);

    /// <summary>Forgets everything after <paramref name="mark"/> and cancels the handles written since.</summary>
    internal void RollBack(MessageMark mark)
    {
        Truncate(mark);
        CancelTravelling(mark.Travelling);
    }

    private static MessageBuffer? TakeShared()
    {
        for (var i = 0; i < SharedSlots; i++)
        {
            if (Shared[i] is not null && Interlocked.Exchange(ref Shared[i], null) is { } buffer)
            {
                return buffer;
            }
        }

        return null;
    }

    private static void GiveShared(MessageBuffer buffer)
    {
        for (var i = 0; i < SharedSlots; i++)
        {
            if (Shared[i] is null && Interlocked.CompareExchange(ref Shared[i], buffer, null) is null)
            {
                return;
            }
        }

        buffer.FreeChunks();
        GC.SuppressFinalize(buffer);
    }

    /// <summary>Every reference is cancelled even if cancelling another one throws; the first error is reported at the end.</summary>
    private void CancelTravelling(int from)
    {
        Exception? first = null;
        for (var i = _travelling.Count - 1; i >= from; i--)
        {
            try
            {
                _travelling[i].Cancel();
            }
            catch (Exception error)
            {
                first ??= error;
            }
        }

        _travelling.RemoveRange(from, _travelling.Count - from);
        if (first is not null)
        {
            throw new InvalidOperationException("A handle in a message that was not sent could not be taken back.", first);
        }
    }
}

/// <summary>A position in a <see cref="MessageBuffer"/>.</summary>
internal readonly record struct MessageMark(int Pieces, long Length, int Travelling);

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// One outgoing message, pooled. It owns the references of the handles in it, which keep segments alive while the message is in flight, and
/// <see cref="Dispose"/> cancels them. Two calls pass them on: <see cref="MarkSent"/>, by the code that commits the message and right behind the
/// commit, to the reader; and <see cref="TakeReferences"/> to the caller. So a message that was not sent leaves nothing in flight, whichever way its
/// owner left.
/// </summary>
/// <remarks>
/// <para>
/// Killed before the commit: no reader has the message, and the in-transit counts that it raised stay, so the segments are leftovers until the
/// session ends. Killed between the commit and the mark: the message is the reader's, whose reading lowers the counts; the mark is memory of the
/// killed process and means nothing any more.
/// </para>
/// <para>
/// A list of native chunks, so that a message may exceed 2 GiB and growing never copies. Large arrays are not copied in:
/// the message refers to them until <see cref="CopyTo(byte*)"/>, and code that changes such an array meanwhile changes the message.
/// Not thread-safe: one owner at a time.
/// </para>
/// </remarks>
internal sealed partial class MessageBuffer : IDisposable
{
    /// <summary>How many idle buffers are kept for all threads together, beside one per thread.</summary>
    private const int SharedSlots = 8;

    private static readonly MessageBuffer?[] Shared = new MessageBuffer?[SharedSlots];

    [ThreadStatic]
    private static MessageBuffer? _threadIdle;

    private readonly List<ITravellingReference> _references = [];
    private bool _isRented;

    private MessageBuffer() => Writer = new GraphWriter(this);

    /// <summary>Frees the native chunks of a buffer that left the pool or was never disposed.</summary>
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
    /// The sender keeps the references of the handles (<see cref="TakeReferences"/>) and cancels them when the message was read or never will be; the
    /// reader must not. Set before writing. Otherwise the reader of the message ends them.
    /// </summary>
    public bool SenderKeepsReferences { get; set; }

    /// <summary>
    /// What happens to objects that belong to this process, in values that are written without a policy of their own, such as the result of a body.
    /// Set before writing; <see langword="null"/> if any process of this program may read the message.
    /// </summary>
    public LinkPolicy? Links { get; set; }

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

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on; for senders that send in pieces.</summary>
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

    /// <summary>The references that this message owns: of the handles written so far, until they are passed on.</summary>
    public IReadOnlyList<ITravellingReference> References => _references;

    /// <summary>
    /// The message was committed: from now on its reader owns the references. Called right behind the commit, where nothing can throw in between.
    /// </summary>
    public void MarkSent()
    {
        Debug.Assert(_isRented, "A message is marked as sent by its owner, before it is disposed.");
        _references.Clear();
    }

    /// <summary>The sender is about to wait for room with this message, or has waited; see <see cref="ITravellingReference.SetWaiting"/>.</summary>
    public void SetWaiting(bool isWaiting)
    {
        foreach (var reference in _references)
        {
            reference.SetWaiting(isWaiting);
        }
    }

    /// <summary>Passes the references to the caller, which cancels them one by one.</summary>
    public ITravellingReference[] TakeReferences()
    {
        Debug.Assert(_isRented, "The references of a message are taken by its owner, before it is disposed.");
        ITravellingReference[] taken = [.. _references];
        _references.Clear();
        return taken;
    }

    /// <summary>Cancels the references that were not passed on, and returns the buffer to the pool.</summary>
    public void Dispose()
    {
        if (!_isRented)
        {
            return;
        }

        try
        {
            CancelReferences(0);
        }
        finally
        {
            _isRented = false;
            Return();
        }
    }

    internal void AddTravelling(ITravellingReference reference) => _references.Add(reference);

    /// <summary>Returns the position at which the message ends now, for <see cref="RollBack"/> when what follows cannot be serialized.</summary>
    internal MessageMark Mark() => new(_pieceCount, Length, _references.Count);

    /// <summary>Removes everything after <paramref name="mark"/> and cancels the references added since.</summary>
    internal void RollBack(MessageMark mark)
    {
        Truncate(mark);
        CancelReferences(mark.References);
    }

    private void Return()
    {
        AssertInvariants();
        SenderKeepsReferences = false;
        Links = null;
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
    private void CancelReferences(int from)
    {
        Exception? first = null;
        for (var i = _references.Count - 1; i >= from; i--)
        {
            try
            {
                _references[i].Cancel();
            }
            catch (Exception error)
            {
                first ??= error;
            }
        }

        _references.RemoveRange(from, _references.Count - from);
        if (first is not null)
        {
            throw new InvalidOperationException("The reference of a handle in a message that was not sent could not be cancelled.", first);
        }
    }

    /// <summary>A buffer in the pool owns no reference.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants() =>
        Debug.Assert(_isRented || _references.Count == 0, "A message returns to the pool only when its references were passed on or cancelled.");
}

/// <summary>A position in a <see cref="MessageBuffer"/>.</summary>
internal readonly record struct MessageMark(int Pieces, long Length, int References);

using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

// Messages of bytes.
public sealed partial class Connection
{
    // An array of the wrong length is discarded: asking for the message's length first costs less than a large one.
    private const int LargestGuess = 4096;

    private int _lastLength = -1;

    /// <summary>
    /// Sends a message of bytes; waits while there is no room for it. The bytes are copied before the call returns; there may be none.
    /// </summary>
    /// <param name="bytes">The message.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was sent.</param>
    /// <exception cref="ConnectionClosedException">The other end is closed; nothing was sent.</exception>
    /// <exception cref="InvalidOperationException">This is the receiving end of a one-way pipe.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no memory for the message; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was room.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed in this process.</exception>
    public void SendBytes(ReadOnlySpan<byte> bytes, CancellationToken cancellationToken = default)
    {
        if (!TrySendBytes(bytes, Deadline.Never, cancellationToken))
        {
            throw NotSent();
        }
    }

    /// <inheritdoc cref="SendBytes(ReadOnlySpan{byte}, CancellationToken)"/>
    /// <param name="bytes">The message.</param>
    /// <param name="timeout">
    /// The longest wait for room: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; then nothing was sent.</param>
    /// <exception cref="TimeoutException">There was no room in time; nothing was sent.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    public void SendBytes(ReadOnlySpan<byte> bytes, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (!TrySendBytes(bytes, Deadline.After(timeout), cancellationToken))
        {
            throw NotSent();
        }
    }

    /// <summary>
    /// Sends a message of bytes; waits without a thread while there is no room for it. Do not change the bytes before the task ends.
    /// </summary>
    /// <inheritdoc cref="SendBytes(ReadOnlySpan{byte}, CancellationToken)"/>
    public ValueTask SendBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        SentAsync(SendBytesAsync(bytes, Deadline.Never, cancellationToken));

    /// <summary>
    /// Sends a message of bytes; waits without a thread while there is no room for it. Do not change the bytes before the task ends.
    /// </summary>
    /// <inheritdoc cref="SendBytes(ReadOnlySpan{byte}, TimeSpan, CancellationToken)"/>
    public ValueTask SendBytesAsync(ReadOnlyMemory<byte> bytes, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        SentAsync(SendBytesAsync(bytes, Deadline.After(timeout), cancellationToken));

    /// <summary>Receives the next message, which must be one of bytes; waits while there is none.</summary>
    /// <param name="cancellationToken">Ends the wait; then nothing was received.</param>
    /// <returns>The bytes of one message.</returns>
    /// <exception cref="ConnectionClosedException">The other end is closed, and all its messages were received.</exception>
    /// <exception cref="MessageTooLargeException">The message has more bytes than an array can have. It is still in the pipe.</exception>
    /// <exception cref="InvalidOperationException">
    /// The next message is a value, which only <see cref="Receive{T}(CancellationToken)"/> can receive; it is still in the pipe. Or this is the
    /// sending end of a one-way pipe. </exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was a message.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed in this process.</exception>
    public byte[] ReceiveBytes(CancellationToken cancellationToken = default) =>
        ReceiveBytes(Array.MaxLength, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <inheritdoc cref="ReceiveBytes(int, TimeSpan, CancellationToken)"/>
    public byte[] ReceiveBytes(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        ReceiveBytes(Array.MaxLength, timeout, cancellationToken);

    /// <inheritdoc cref="ReceiveBytes(int, TimeSpan, CancellationToken)"/>
    public byte[] ReceiveBytes(int maxLength, CancellationToken cancellationToken = default) =>
        ReceiveBytes(maxLength, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <inheritdoc cref="ReceiveBytes(CancellationToken)"/>
    /// <param name="maxLength">The largest number of bytes that the message may have.</param>
    /// <param name="timeout">
    /// The longest wait for a message: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; then nothing was received.</param>
    /// <exception cref="TimeoutException">No message arrived in time.</exception>
    /// <exception cref="MessageTooLargeException">
    /// The message is longer than <paramref name="maxLength"/>; no memory was allocated for it. It is still in the pipe: a call with a larger limit
    /// receives it. </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="maxLength"/> is negative, or <paramref name="timeout"/> is negative and not infinite.
    /// </exception>
    public byte[] ReceiveBytes(int maxLength, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        var deadline = Deadline.After(timeout);
        if (_pipe is null)
        {
            using var message = ReceivedMessage.Rent();
            return BytesOf(_transport.Receive(message, maxLength, deadline, cancellationToken), message, maxLength);
        }

        var target = Guess(maxLength);
        while (true)
        {
            var sink = new BytesArraySink(target, maxLength);
            var outcome = _pipe.Take(ref sink, deadline, cancellationToken);
            if (BytesOf(outcome, in sink, maxLength, ref target) is { } bytes)
            {
                return bytes;
            }
        }
    }

    /// <summary>Receives the next message, which must be one of bytes; waits without a thread while there is none.</summary>
    /// <inheritdoc cref="ReceiveBytes(CancellationToken)"/>
    public ValueTask<byte[]> ReceiveBytesAsync(CancellationToken cancellationToken = default) =>
        ReceiveBytesAsync(Array.MaxLength, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Receives the next message, which must be one of bytes; waits without a thread while there is none.</summary>
    /// <inheritdoc cref="ReceiveBytes(int, TimeSpan, CancellationToken)"/>
    public ValueTask<byte[]> ReceiveBytesAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        ReceiveBytesAsync(Array.MaxLength, timeout, cancellationToken);

    /// <summary>Receives the next message, which must be one of bytes; waits without a thread while there is none.</summary>
    /// <inheritdoc cref="ReceiveBytes(int, TimeSpan, CancellationToken)"/>
    public ValueTask<byte[]> ReceiveBytesAsync(int maxLength, CancellationToken cancellationToken = default) =>
        ReceiveBytesAsync(maxLength, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Receives the next message, which must be one of bytes; waits without a thread while there is none.</summary>
    /// <inheritdoc cref="ReceiveBytes(int, TimeSpan, CancellationToken)"/>
    public async ValueTask<byte[]> ReceiveBytesAsync(int maxLength, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        var deadline = Deadline.After(timeout);
        if (_pipe is null)
        {
            using var message = ReceivedMessage.Rent();
            return BytesOf(
                await _transport.ReceiveAsync(message, maxLength, deadline, cancellationToken).ConfigureAwait(false), message, maxLength);
        }

        var target = Guess(maxLength);
        while (true)
        {
            var (outcome, sink) = await _pipe.TakeAsync(new BytesArraySink(target, maxLength), deadline, cancellationToken).ConfigureAwait(false);
            if (BytesOf(outcome, in sink, maxLength, ref target) is { } bytes)
            {
                return bytes;
            }
        }
    }

    /// <summary>
    /// Receives the next message, which must be one of bytes, into memory of the caller; waits while there is none. Nothing is allocated.
    /// </summary>
    /// <param name="buffer">Receives the bytes, from its start on.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was received.</param>
    /// <returns>The number of bytes of the message.</returns>
    /// <exception cref="MessageTooLargeException">
    /// The message is longer than <paramref name="buffer"/>. It was received: <see cref="MessageTooLargeException.Content"/> has all of it.
    /// </exception>
    /// <inheritdoc cref="ReceiveBytes(CancellationToken)"/>
    public int ReceiveBytesInto(Span<byte> buffer, CancellationToken cancellationToken = default) =>
        ReceiveBytesInto(buffer, Deadline.Never, cancellationToken);

    /// <inheritdoc cref="ReceiveBytesInto(Span{byte}, CancellationToken)"/>
    /// <param name="buffer">Receives the bytes, from its start on.</param>
    /// <param name="timeout">
    /// The longest wait for a message: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; then nothing was received.</param>
    /// <exception cref="TimeoutException">No message arrived in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    public int ReceiveBytesInto(Span<byte> buffer, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        ReceiveBytesInto(buffer, Deadline.After(timeout), cancellationToken);

    /// <summary>
    /// Receives the next message, which must be one of bytes, into memory of the caller; waits without a thread while there is none.
    /// </summary>
    /// <inheritdoc cref="ReceiveBytesInto(Span{byte}, CancellationToken)"/>
    public ValueTask<int> ReceiveBytesIntoAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ReceiveBytesIntoAsync(buffer, Deadline.Never, cancellationToken);

    /// <summary>
    /// Receives the next message, which must be one of bytes, into memory of the caller; waits without a thread while there is none.
    /// </summary>
    /// <inheritdoc cref="ReceiveBytesInto(Span{byte}, TimeSpan, CancellationToken)"/>
    public ValueTask<int> ReceiveBytesIntoAsync(Memory<byte> buffer, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        ReceiveBytesIntoAsync(buffer, Deadline.After(timeout), cancellationToken);

    private static ValueTask SentAsync(ValueTask<bool> sending) => sending.IsCompletedSuccessfully ? default : new ValueTask(sending.AsTask());

    private bool TrySendBytes(ReadOnlySpan<byte> bytes, Deadline deadline, CancellationToken cancellationToken)
    {
        if (_pipe is { } pipe)
        {
            var payload = new BytesPayload(bytes);
            return pipe.SendPayload(ref payload, deadline, cancellationToken);
        }

        using var message = MessageBuffer.Rent();
        message.WriteBytes(bytes);
        return _transport.Send(message, deadline, cancellationToken);
    }

    /// <summary>Sends, or throws.</summary>
    private async ValueTask<bool> SendBytesAsync(ReadOnlyMemory<byte> bytes, Deadline deadline, CancellationToken cancellationToken)
    {
        if (_pipe is { } pipe)
        {
            return await pipe.SendPayloadAsync(new BytesMemoryPayload(bytes), deadline, cancellationToken).ConfigureAwait(false)
                ? true
                : throw NotSent();
        }

        using var message = MessageBuffer.Rent();
        message.WriteBytes(bytes.Span);
        return await _transport.SendAsync(message, deadline, cancellationToken).ConfigureAwait(false) ? true : throw NotSent();
    }

    private int ReceiveBytesInto(Span<byte> buffer, Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_pipe is null)
            {
                using var message = ReceivedMessage.Rent();
                return CopyTo(buffer, _transport.Receive(message, long.MaxValue, deadline, cancellationToken), message);
            }

            var sink = new BytesSpanSink(buffer);
            var outcome = _pipe.Take(ref sink, deadline, cancellationToken);
            if (outcome is TakeOutcome.Taken)
            {
                return (int)sink.Length;
            }

            ThrowUnlessTooLarge(outcome, sink.Refusal, sink.Tag);
            if (TakeWhole(buffer.Length) is { } error)
            {
                throw error;
            }
        }
    }

    private async ValueTask<int> ReceiveBytesIntoAsync(Memory<byte> buffer, Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_pipe is null)
            {
                using var message = ReceivedMessage.Rent();
                var received = await _transport.ReceiveAsync(message, long.MaxValue, deadline, cancellationToken).ConfigureAwait(false);
                return CopyTo(buffer.Span, received, message);
            }

            var (outcome, sink) = await _pipe.TakeAsync(new BytesMemorySink(buffer), deadline, cancellationToken).ConfigureAwait(false);
            if (outcome is TakeOutcome.Taken)
            {
                return (int)sink.Length;
            }

            ThrowUnlessTooLarge(outcome, sink.Refusal, sink.Tag);
            if (TakeWhole(buffer.Length) is { } error)
            {
                throw error;
            }
        }
    }

    /// <summary>
    /// The array is made before the read lock is taken, because nothing is allocated under a lock: with the last message's length if that is small,
    /// otherwise with the length that the first try found.
    /// </summary>
    private byte[]? Guess(int maxLength) =>
        _lastLength >= 0 && _lastLength <= maxLength && _transport.IsReadable ? GC.AllocateUninitializedArray<byte>(_lastLength) : null;

    /// <summary>Returns the bytes, or null to try again with another array.</summary>
    private byte[]? BytesOf(TakeOutcome outcome, in BytesArraySink sink, int maxLength, ref byte[]? target)
    {
        if (outcome is TakeOutcome.Taken)
        {
            return target;
        }

        if (outcome is TakeOutcome.Refused && sink.Refusal is MessageRefusal.NoMemory)
        {
            target = GC.AllocateUninitializedArray<byte>((int)sink.Length);
            _lastLength = sink.Length <= LargestGuess ? (int)sink.Length : -1;
            return null;
        }

        ThrowUnlessTooLarge(outcome, sink.Refusal, sink.Tag);
        throw TooLarge(sink.Length, maxLength);
    }

    private byte[] BytesOf(ReceiveOutcome outcome, ReceivedMessage message, int maxLength) => outcome switch
    {
        ReceiveOutcome.Received => message.Span.ToArray(),
        ReceiveOutcome.TimedOut => throw NotReceived(),
        ReceiveOutcome.EndOfStream => throw _transport.Closed(wasSending: false),
        _ => throw TooLarge(message.Length, maxLength),
    };

    private int CopyTo(Span<byte> buffer, ReceiveOutcome outcome, ReceivedMessage message)
    {
        if (outcome is ReceiveOutcome.Received && message.Length <= buffer.Length)
        {
            message.Span.CopyTo(buffer);
            return (int)message.Length;
        }

        var bytes = BytesOf(outcome, message, Array.MaxLength);
        throw TooLargeForBuffer(bytes, buffer.Length);
    }

    /// <summary>Takes the message that did not fit, for the error. Null if another receiver was faster: there is none, or one that fits.</summary>
    private MessageTooLargeException? TakeWhole(int room) => TakeArray(room) is { } content ? TooLargeForBuffer(content, room) : null;

    /// <summary>Takes a message of more than <paramref name="room"/> bytes. Null if there is none.</summary>
    private byte[]? TakeArray(int room)
    {
        byte[]? target = null;
        while (true)
        {
            var sink = new BytesArraySink(target, Array.MaxLength);
            if (_pipe!.Take(ref sink, Deadline.Now, default) is TakeOutcome.Taken)
            {
                return target!;
            }

            if (sink.Refusal is not MessageRefusal.NoMemory || sink.Length <= room)
            {
                return sink.Refusal is MessageRefusal.TooLarge ? throw TooLarge(sink.Length, room) : null;
            }

            target = GC.AllocateUninitializedArray<byte>((int)sink.Length);
        }
    }

    private void ThrowUnlessTooLarge(TakeOutcome outcome, MessageRefusal refusal, ulong tag)
    {
        switch (outcome)
        {
            case TakeOutcome.TimedOut:
                throw NotReceived();
            case TakeOutcome.EndOfStream:
                throw _transport.Closed(wasSending: false);
            case TakeOutcome.Refused when refusal is MessageRefusal.WrongKind:
                throw WrongKind(PipeMessage.KindOf(tag));
        }
    }

    private MessageTooLargeException TooLargeForBuffer(byte[] content, int room) => new(
        $"The message has {content.Length:N0} bytes and the buffer has room for {room:N0}. It was received: the exception's Content has all of it.",
        content.Length,
        room,
        content);

    private MessageTooLargeException TooLarge(long length, long limit) => new(
        $"The next message over {_transport.Description} has {length:N0} bytes, and the limit of this call is {limit:N0}. "
        + (_transport.KeepsLargeMessages
            ? "The message was not received: call again with a larger limit."
            : "The connection is closed, because the rest of the message was not read."),
        length,
        limit);

    private InvalidOperationException WrongKind(MessageKind kind) => kind is MessageKind.Bytes
        ? new($"The next message over {_transport.Description} was sent with SendBytes. Receive it with ReceiveBytes; it is still in the pipe.")
        : new($"The next message over {_transport.Description} was sent with Send. Receive it with Receive; it is still in the pipe.");
}

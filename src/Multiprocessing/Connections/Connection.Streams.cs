using System.IO.Pipelines;

namespace Multiprocessing;

// The connection for code that wants a stream of bytes.
public sealed partial class Connection
{
    /// <summary>
    /// Returns the connection as a stream of bytes, for code that wants one. A write is sent as messages of at most 64 KiB, and a read returns what
    /// one message has; the other side may use a stream too, or receive the messages. Reading ends (0 bytes) when the other end is closed. Each call
    /// returns another stream; use one for each side of the connection.
    /// </summary>
    /// <param name="leaveOpen">Whether the connection stays open when the stream is disposed. The default is <see langword="false"/>.</param>
    /// <returns>The stream. Like other streams it is for one reader and one writer at a time.</returns>
    public Stream AsStream(bool leaveOpen = false) => new ConnectionStream(this, leaveOpen ? null : Dispose);

    /// <summary>
    /// Returns the connection as an <see cref="IDuplexPipe"/>, for protocols that are written for <see cref="System.IO.Pipelines"/>. When its
    /// <see cref="IDuplexPipe.Output"/> is completed, the other end reads the end of the stream; when both sides are completed, the connection is
    /// disposed.
    /// </summary>
    /// <returns>A pair of pipes. The side that a one-way pipe does not have throws <see cref="InvalidOperationException"/>.</returns>
    public IDuplexPipe AsDuplexPipe() => new ConnectionDuplexPipe(this);

    /// <summary>No message will be sent any more, by any holder of this end: the other end reads the end of the stream.</summary>
    internal void CompleteSending()
    {
        if (!IsClosed)
        {
            _transport.CompleteSending();
        }
    }

    /// <summary>
    /// Receives a message of bytes into the buffer; what does not fit is returned. False at the end of the stream.
    /// </summary>
    internal bool TryReadBytes(Span<byte> buffer, out int length, out ReadOnlyMemory<byte> rest)
    {
        while (_pipe is not null)
        {
            var sink = new BytesSpanSink(buffer);
            var outcome = _pipe.Take(ref sink, Deadline.Never, default);
            if (outcome is not TakeOutcome.Refused)
            {
                rest = default;
                length = outcome is TakeOutcome.Taken ? (int)sink.Length : 0;
                return outcome is TakeOutcome.Taken;
            }

            ThrowUnlessTooLarge(outcome, sink.Refusal, sink.Tag);
            if (TakeArray(buffer.Length) is { } whole)
            {
                whole.AsSpan(0, buffer.Length).CopyTo(buffer);
                length = buffer.Length;
                rest = whole.AsMemory(buffer.Length);
                return true;
            }
        }

        using var message = ReceivedMessage.Rent();
        var received = _transport.Receive(message, Array.MaxLength, Deadline.Never, default);
        return Split(received, message, buffer, out length, out rest);
    }

    /// <inheritdoc cref="TryReadBytes"/>
    internal async ValueTask<(bool IsOpen, int Length, ReadOnlyMemory<byte> Left)> TryReadBytesAsync(
        Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_pipe is not null)
        {
            var (outcome, sink) = await _pipe.TakeAsync(new BytesMemorySink(buffer), Deadline.Never, cancellationToken).ConfigureAwait(false);
            if (outcome is not TakeOutcome.Refused)
            {
                return (outcome is TakeOutcome.Taken, outcome is TakeOutcome.Taken ? (int)sink.Length : 0, default);
            }

            ThrowUnlessTooLarge(outcome, sink.Refusal, sink.Tag);
            if (TakeArray(buffer.Length) is { } whole)
            {
                whole.AsSpan(0, buffer.Length).CopyTo(buffer.Span);
                return (true, buffer.Length, whole.AsMemory(buffer.Length));
            }
        }

        using var message = ReceivedMessage.Rent();
        var received = await _transport.ReceiveAsync(message, Array.MaxLength, Deadline.Never, cancellationToken).ConfigureAwait(false);
        var isOpen = Split(received, message, buffer.Span, out var length, out var rest);
        return (isOpen, length, rest);
    }

    private bool Split(ReceiveOutcome outcome, ReceivedMessage message, Span<byte> buffer, out int length, out ReadOnlyMemory<byte> rest)
    {
        length = 0;
        rest = default;
        switch (outcome)
        {
            case ReceiveOutcome.Received:
                length = Math.Min(buffer.Length, (int)message.Length);
                message.Span[..length].CopyTo(buffer);
                rest = message.Span[length..].ToArray();
                return true;
            case ReceiveOutcome.EndOfStream:
                return false;
            default:
                throw TooLarge(message.Length, Array.MaxLength);
        }
    }
}

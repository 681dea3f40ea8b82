using System.Buffers;
using System.Net.Sockets;

namespace Multiprocessing;

internal sealed partial class SocketTransport
{
    public override bool Send(MessageBuffer message, Deadline deadline, CancellationToken cancellationToken)
    {
        if (!Enter(_sending, deadline, cancellationToken))
        {
            return false;
        }

        var piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(message.Length + FrameHeader.MaxSize, PieceSize));
        try
        {
            for (var frame = Begin(message); frame.Next(piece) is { Length: > 0 } bytes;)
            {
                var count = _link.Write(bytes, frame.Head, OfPiece(deadline), cancellationToken);
                if (count < bytes.Length)
                {
                    GiveUp(frame.IsFirst && count == 0, deadline, cancellationToken);
                    return false;
                }
            }

            message.MarkSent();
            return true;
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException && error is not ConnectionClosedException)
        {
            throw SendFailed(error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
            Leave(_sending);
        }
    }

    public override async ValueTask<bool> SendAsync(MessageBuffer message, Deadline deadline, CancellationToken cancellationToken)
    {
        if (!await EnterAsync(_sending, deadline, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        var piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(message.Length + FrameHeader.MaxSize, PieceSize));
        try
        {
            for (var frame = Begin(message); frame.Next(piece) is { Length: > 0 } bytes;)
            {
                var count = await _link.WriteAsync(bytes, frame.Head, OfPiece(deadline), cancellationToken).ConfigureAwait(false);
                if (count < bytes.Length)
                {
                    GiveUp(frame.IsFirst && count == 0, deadline, cancellationToken);
                    return false;
                }
            }

            message.MarkSent();
            return true;
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException && error is not ConnectionClosedException)
        {
            throw SendFailed(error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
            Leave(_sending);
        }
    }

    private OutgoingFrame Begin(MessageBuffer message) => _sendTrouble is null ? new OutgoingFrame(message) : throw Closed(wasSending: true);

    private Deadline OfPiece(Deadline deadline) =>
        deadline.IsNever && StallTimeout != Timeout.InfiniteTimeSpan ? Deadline.After(StallTimeout) : deadline;

    /// <summary>Ends a send that was not complete in time. Returns if nothing was sent and the deadline has passed.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <exception cref="TimeoutException">A part was sent, or the other side has taken nothing for <see cref="StallTimeout"/>.</exception>
    private void GiveUp(bool isUntouched, Deadline deadline, CancellationToken cancellationToken)
    {
        if (isUntouched && !(deadline.IsNever && !cancellationToken.IsCancellationRequested))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }

        // The rest of the message must follow, or the other side takes the next one for it.
        var isStalled = deadline.IsNever && !cancellationToken.IsCancellationRequested;
        _sendTrouble = isStalled
            ? $"the other side has taken nothing for {StallTimeout.TotalSeconds:0.#} s, which closed the connection"
            : "a message was given up after a part of it was sent, which closed the connection";
        _link.Dispose();
        if (isStalled)
        {
            throw new TimeoutException(
                $"The other side of {Description} has taken nothing for {StallTimeout.TotalSeconds:0.#} s: it is stopped, or the network is broken. "
                + "The connection is closed.");
        }

        throw cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(
                $"The token was canceled after a part of the message was sent over {Description}; it is closed.", cancellationToken)
            : new TimeoutException(
                $"The other side of {Description} did not take the whole message in time. A part of it was sent, so the connection is closed.");
    }

    private Exception SendFailed(Exception error)
    {
        if (_isDisposed)
        {
            return new ObjectDisposedException(nameof(Connection));
        }

        _sendTrouble ??= $"the connection broke ({error.Message})";
        var closed = Closed(wasSending: true);
        return new ConnectionClosedException(closed.Message, innerException: error);
    }

    /// <summary>Cuts a message with its header into pieces.</summary>
    private struct OutgoingFrame(MessageBuffer message)
    {
        private long _offset = -1;

        /// <summary>Gets the size of the header in the piece; the whole piece if it has none.</summary>
        public int Head { get; private set; }

        public bool IsFirst { get; private set; }

        public ReadOnlyMemory<byte> Next(byte[] piece)
        {
            IsFirst = _offset < 0;
            Head = 0;
            if (IsFirst)
            {
                Head = FrameHeader.Write(piece, message.Length);
                _offset = 0;
            }

            var count = (int)Math.Min(message.Length - _offset, piece.Length - Head);
            message.CopyTo(_offset, piece.AsSpan(Head, count));
            _offset += count;
            return piece.AsMemory(0, Head + count);
        }
    }
}

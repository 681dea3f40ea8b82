using System.Diagnostics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Sends whole frames over one side of the control channel. Several threads may send at once.</summary>
internal sealed class FrameWriter(PipeEnd socket)
{
    private const int PieceSize = 256 * 1024;

    /// <summary>The largest payload in bytes: the reader stores it in one array.</summary>
    public static readonly long LargestPayload = Array.MaxLength;

    // Sent in one call, so that the other side is woken once.
    private const int SmallPayload = 4096;

    private readonly Lock _gate = new();
    private bool _isClosed;

    /// <summary>Sends a frame.</summary>
    /// <param name="kind">The kind of the frame.</param>
    /// <param name="payload">The contents of the frame.</param>
    /// <param name="timeout">How long to wait until the other side makes room.</param>
    /// <returns>
    /// <see langword="false"/> if the other side is closed, or the time has elapsed. In that case a part of the frame may have been sent, and the
    /// channel cannot be used any more.
    /// </returns>
    public bool TrySend(FrameKind kind, ReadOnlySpan<byte> payload, TimeSpan timeout)
    {
        var deadline = new SendDeadline(timeout);
        if (payload.Length <= SmallPayload)
        {
            Span<byte> frame = stackalloc byte[ControlFrame.HeaderSize + payload.Length];
            ControlFrame.WriteHeader(frame, kind, payload.Length);
            payload.CopyTo(frame[ControlFrame.HeaderSize..]);
            lock (_gate)
            {
                return TrySendPiece(frame, deadline);
            }
        }

        Span<byte> header = stackalloc byte[ControlFrame.HeaderSize];
        ControlFrame.WriteHeader(header, kind, payload.Length);
        lock (_gate)
        {
            return TrySendPiece(header, deadline) && TrySendPiece(payload, deadline);
        }
    }

    /// <inheritdoc cref="TrySend(FrameKind, ReadOnlySpan{byte}, TimeSpan)"/>
    public bool TrySend(FrameKind kind, MessageBuffer payload, TimeSpan timeout)
    {
        var length = payload.Length;
        ThrowIfTooLarge(length);

        if (length <= SmallPayload)
        {
            Span<byte> small = stackalloc byte[(int)length];
            payload.CopyTo(0, small);
            if (!TrySend(kind, small, timeout))
            {
                return false;
            }

            payload.MarkSent();
            return true;
        }

        Span<byte> header = stackalloc byte[ControlFrame.HeaderSize];
        ControlFrame.WriteHeader(header, kind, length);
        var piece = new byte[Math.Min(length, PieceSize)];
        var deadline = new SendDeadline(timeout);
        lock (_gate)
        {
            if (!TrySendPiece(header, deadline))
            {
                return false;
            }

            for (var offset = 0L; offset < length; offset += piece.Length)
            {
                var part = piece.AsSpan(0, (int)Math.Min(piece.Length, length - offset));
                payload.CopyTo(offset, part);
                if (!TrySendPiece(part, deadline))
                {
                    return false; // no whole frame was sent: its reader ignores it, and the message keeps its references
                }
            }

            payload.MarkSent();
            return true;
        }
    }

    /// <exception cref="NotSupportedException">A message of this length does not fit into a frame.</exception>
    public static void ThrowIfTooLarge(long length)
    {
        if (length > LargestPayload)
        {
            throw new NotSupportedException(
                $"{length} bytes do not fit into one control message (at most {LargestPayload}). Send data of this size in pieces through a queue, "
                + "or in a "
                + "SharedMemory.");
        }
    }

    /// <summary>
    /// Closes this side. Takes the lock, because the number of a closed descriptor may be reused at once, and a frame must not be written to another
    /// file.
    /// </summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            socket.Dispose();
        }
    }

    private bool TrySendPiece(ReadOnlySpan<byte> data, SendDeadline deadline) => !_isClosed && socket.TrySend(data, deadline.Left);

    private readonly struct SendDeadline(TimeSpan timeout)
    {
        private readonly long _start = Stopwatch.GetTimestamp();

        /// <summary>The remaining time; never negative.</summary>
        public TimeSpan Left
        {
            get
            {
                var left = timeout - Stopwatch.GetElapsedTime(_start);
                return timeout == Timeout.InfiniteTimeSpan ? timeout : left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }
}

using System.Buffers.Binary;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Assembles frames from the bytes of a socket, which may arrive in any pieces.</summary>
internal sealed class FrameReader
{
    private readonly byte[] _header = new byte[ControlFrame.HeaderSize];
    private int _headerFilled;
    private byte[]? _payload;
    private int _payloadFilled;

    /// <summary>The other side is closed, and everything that it sent was read.</summary>
    public bool Ended { get; private set; }

    /// <summary>The other side is another process: the bytes may be anything.</summary>
    /// <exception cref="InvalidDataException">The bytes are not the header of a frame.</exception>
    private static int LengthOf(ReadOnlySpan<byte> header)
    {
        var kind = BinaryPrimitives.ReadInt32LittleEndian(header);
        var length = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        return kind is >= (int)FrameKind.Hello and <= (int)FrameKind.ResultInMemory && length >= 0 && length <= FrameWriter.LargestPayload
            ? (int)length
            : throw new InvalidDataException(
                $"The control channel carries bytes that are not frames (kind {kind}, length {length}): the process at its other end wrote to a "
                + "descriptor "
                + "that is not its own.");
    }

    /// <summary>Reads the next frame. Returns <see langword="false"/> if a non-blocking socket has no more bytes, or at the end.</summary>
    public bool TryRead(PipeEnd socket, out ControlFrame frame)
    {
        frame = default;
        while (!Ended)
        {
            var target = _payload is null ? _header.AsSpan(_headerFilled) : _payload.AsSpan(_payloadFilled);
            var count = target.IsEmpty ? 0 : socket.Read(target);
            if (count == PipeEnd.WouldBlock)
            {
                return false;
            }

            if (count == 0 && !target.IsEmpty)
            {
                Ended = true;
                return false;
            }

            if (_payload is not null)
            {
                _payloadFilled += count;
            }
            else if ((_headerFilled += count) == ControlFrame.HeaderSize)
            {
                _payload = new byte[LengthOf(_header)];
            }

            if (_payload is { } payload && _payloadFilled == payload.Length)
            {
                frame = new ControlFrame((FrameKind)BinaryPrimitives.ReadInt32LittleEndian(_header), payload);
                (_headerFilled, _payloadFilled, _payload) = (0, 0, null);
                return true;
            }
        }

        return false;
    }
}

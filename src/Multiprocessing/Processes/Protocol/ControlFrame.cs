using System.Buffers.Binary;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>What parent and child tell each other over the inherited socket.</summary>
internal enum FrameKind
{
    /// <summary>Parent: who you are (<see cref="Multiprocessing.Hello"/>).</summary>
    Hello = 1,

    /// <summary>Parent, to a spare: bodies that may come (<see cref="BodyHint"/>).</summary>
    Prepare,

    /// <summary>Parent: what you are called, and how you go (<see cref="Assignment"/>), and behind it the body.</summary>
    Start,

    /// <summary>Parent: please stop; with the number of the signal that the system could not send, if it should be one.</summary>
    Stop,

    /// <summary>Child: the runtime is up, and what was to be prepared is; the token, as proof that it read the greeting.</summary>
    Ready,

    /// <summary>Child: the body was read and runs now.</summary>
    Started,

    /// <summary>Child: the greeting or the body could not be taken; an exception.</summary>
    Rejected,

    /// <summary>Child: the initializer threw before the body began; its exception.</summary>
    InitializerFailed,

    /// <summary>Child: the body returned; its result, if any.</summary>
    Result,

    /// <summary>Child: an exception left the body or ended a thread.</summary>
    Failed,

    /// <summary>Child: I was asked to stop, and go.</summary>
    Stopping,

    /// <summary>Child: it exits in good order; with its exit code (4 bytes), for a parent to which the system does not tell it.</summary>
    Exiting,
}

/// <summary>One message of the control channel.</summary>
internal readonly record struct ControlFrame(FrameKind Kind, byte[] Payload)
{
    /// <summary>Bytes before the payload: kind (4), zero (4), length of the payload (8).</summary>
    public const int HeaderSize = 16;

    public static void WriteHeader(Span<byte> header, FrameKind kind, long length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, (int)kind);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], length);
    }
}

/// <summary>Puts frames together from what a socket gives, however it is cut.</summary>
internal sealed class FrameReader
{
    private readonly byte[] _header = new byte[ControlFrame.HeaderSize];
    private int _headerFilled;
    private byte[]? _payload;
    private int _payloadFilled;

    /// <summary>The other side is gone and everything it sent was read.</summary>
    public bool Ended { get; private set; }

    /// <summary>The other side is another process: what it writes there may be anything.</summary>
    /// <exception cref="InvalidDataException">That is no header of a frame.</exception>
    private static int LengthOf(ReadOnlySpan<byte> header)
    {
        var kind = BinaryPrimitives.ReadInt32LittleEndian(header);
        var length = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        return kind is >= (int)FrameKind.Hello and <= (int)FrameKind.Exiting && length >= 0 && length <= FrameWriter.LargestPayload
            ? (int)length
            : throw new InvalidDataException($"The control channel carries something else than frames (kind {kind}, length {length}): the process at its other end wrote to a descriptor that is not its own.");
    }

    /// <summary>Reads on; <see langword="false"/> when a non-blocking socket has no more, or at the end.</summary>
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

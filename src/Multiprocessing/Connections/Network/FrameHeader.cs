using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>
/// The bytes before each message of a socket: its length, as CPython's <c>multiprocessing.connection</c> writes it. Up to 2^31-1 bytes a signed
/// 32-bit integer, most significant byte first; above that -1 and an unsigned 64-bit integer.
/// </summary>
internal static class FrameHeader
{
    public const int MaxSize = 12;

    private const int ShortSize = 4;
    private const int LongFollows = -1;

    /// <summary>Writes the header of a message of <paramref name="length"/> bytes, and returns the size of the header.</summary>
    public static int Write(Span<byte> destination, long length)
    {
        if (length <= int.MaxValue)
        {
            BinaryPrimitives.WriteInt32BigEndian(destination, (int)length);
            return ShortSize;
        }

        BinaryPrimitives.WriteInt32BigEndian(destination, LongFollows);
        BinaryPrimitives.WriteInt64BigEndian(destination[ShortSize..], length);
        return MaxSize;
    }

    /// <summary>Reads a header from the beginning of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">What was received so far.</param>
    /// <param name="length">The length of the message; negative if the bytes are no header.</param>
    /// <returns>The size of the header; 0 if more bytes are needed.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, out long length)
    {
        length = 0;
        if (bytes.Length < ShortSize)
        {
            return 0;
        }

        length = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (length != LongFollows)
        {
            return ShortSize;
        }

        if (bytes.Length < MaxSize)
        {
            return 0;
        }

        // CPython has no upper limit; what is negative as a signed integer is more than any memory.
        length = BinaryPrimitives.ReadInt64BigEndian(bytes[ShortSize..]);
        return MaxSize;
    }
}

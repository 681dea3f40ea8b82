using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The writer's end of a <see cref="ByteRing"/>. Its owner commits what was appended, and refreshes <see cref="Read"/>. Not thread-safe.
/// </summary>
/// <remarks>Safety: the ring's memory is mapped as long as this is used; the owner holds the channel.</remarks>
internal unsafe struct RingWriter(byte* data)
{
    private readonly byte* _data = data;

    /// <summary>Where the next record is written; of an appended record, its end.</summary>
    public long Position { get; private set; }

    /// <summary>How far the reader was known to have read. An old value only shows less room.</summary>
    public long Read { get; set; }

    /// <summary>How many bytes of records can follow the last one in one piece, without a pad.</summary>
    public readonly long RoomBehind => Math.Min(ByteRing.ToEnd(Position) % ByteRing.Bytes, ByteRing.Bytes - (Position - Read));

    /// <summary>Where a record lies that was appended.</summary>
    public readonly byte* AtPosition(long position) => _data + ByteRing.OffsetOf(position);

    /// <summary>
    /// Returns room for a record in one piece, with a pad before it if it needs one; <see langword="null"/> if there is none now. The record counts
    /// when it is appended.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* TryReserve(int bytes)
    {
        bytes = ByteRing.Align(bytes);
        Debug.Assert(bytes <= ByteRing.Bytes / 2, "A record and its pad fit into an empty ring: larger contents lie in a segment.");
        var toEnd = ByteRing.ToEnd(Position);
        var pad = toEnd < bytes ? toEnd : 0;
        if (Position + pad + bytes - Read > ByteRing.Bytes)
        {
            return null;
        }

        if (pad != 0)
        {
            *(int*)(_data + ByteRing.OffsetOf(Position)) = -pad;
            Position += pad;
        }

        return _data + ByteRing.OffsetOf(Position);
    }

    /// <summary>The record that was reserved is written and is to be committed with the next commit.</summary>
    public void Append(int bytes) => Position += ByteRing.Align(bytes);

    /// <summary>Removes the records from a position on, which the reader does not read any more.</summary>
    public void Rewind(long position)
    {
        Debug.Assert(position >= Read && position <= Position, "A writer takes back only records that were not read.");
        Position = position;
    }

    /// <summary>
    /// Positions are multiples of 8, and what was not read fits into the ring. For owners that check <see cref="Read"/>: memory that others write
    /// proves nothing.
    /// </summary>
    [Conditional("DEBUG")]
    public readonly void AssertInvariants()
    {
        Debug.Assert((Position & 7) == 0, "Records begin at multiples of 8.");
        Debug.Assert(Position >= Read && Position - Read <= ByteRing.Bytes, "The reader's position is checked before it is taken over.");
    }
}

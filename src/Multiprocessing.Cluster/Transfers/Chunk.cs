using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>A part of a content that is too large for one message. The parts may arrive in any order, twice, or late.</summary>
/// <param name="Transfer">The number of the transfer, from 1 on, counted by the sender for each receiver.</param>
/// <param name="Oldest">The sender has no transfer with a lower number: what arrives of one is late.</param>
/// <param name="Task">The task that the content belongs to, or 0 for a body.</param>
/// <param name="Lease">The lease of the task.</param>
/// <param name="Total">The length of the content.</param>
/// <param name="Offset">The place of this part in it.</param>
/// <param name="Frame">The message; the part is its end, from <see cref="HeadSize"/> on.</param>
internal readonly record struct Chunk(long Transfer, long Oldest, long Task, int Lease, int Total, int Offset, byte[] Frame)
{
    public const int HeadSize = 36;

    /// <summary>The answer to a chunk that the receiver has.</summary>
    public const long Taken = 1;

    /// <summary>The answer to a chunk that the receiver does not keep, because too much before it has not arrived: it is sent again.</summary>
    public const long Missing = 0;

    /// <summary>The answer to a chunk of a content that the receiver has no use for: its task is over, or was given to a node again.</summary>
    public const long NotWanted = -1;

    public ReadOnlySpan<byte> Bytes => Frame.AsSpan(HeadSize);

    /// <summary>Writes a message with a part of a content.</summary>
    public static byte[] Write(long transfer, long oldest, long task, int lease, byte[] content, int offset, int length)
    {
        var frame = GC.AllocateUninitializedArray<byte>(HeadSize + length);
        var head = frame.AsSpan();
        BinaryPrimitives.WriteInt64LittleEndian(head, transfer);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], oldest);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], task);
        BinaryPrimitives.WriteInt32LittleEndian(head[24..], lease);
        BinaryPrimitives.WriteInt32LittleEndian(head[28..], content.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[32..], offset);
        content.AsSpan(offset, length).CopyTo(head[HeadSize..]);
        return frame;
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidDataException">No sender writes such a message.</exception>
    public static Chunk Read(byte[] frame)
    {
        if (frame.Length <= HeadSize)
        {
            throw Damaged();
        }

        var head = frame.AsSpan();
        var chunk = new Chunk(
            BinaryPrimitives.ReadInt64LittleEndian(head),
            BinaryPrimitives.ReadInt64LittleEndian(head[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[28..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[32..]),
            frame);
        return chunk.Transfer > 0 && chunk.Total > 0 && chunk.Total <= Array.MaxLength && chunk.Offset >= 0
            && chunk.Bytes.Length <= chunk.Total - chunk.Offset
                ? chunk
                : throw Damaged();
    }

    private static InvalidDataException Damaged() => new("A chunk of another member of the cluster is damaged.");
}

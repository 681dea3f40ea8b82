using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>
/// A large body or result: its bytes lie in pooled shared memory, and the frame contains a reference. They are copied once on each side, and not
/// through the channel's buffers. The memory's pages are used again by the next body.
/// <para>
/// A body's memory is a reference of the parent, like the handles in it: killed at any time, nothing counts as in flight. A result's memory counts as
/// in flight from before its frame is sent, because the child may exit before the parent reads it. Killed in between: the number stays too high, and
/// the memory stays until the session ends.
/// </para>
/// </summary>
internal readonly struct SharedContent
{
    /// <summary>From this size on; smaller contents are faster through the channel.</summary>
    public const int From = 256 << 10;

    private const int ReferenceBytes = sizeof(long) + sizeof(int) + 1;

    private SharedContent(BufferObject memory, int length)
    {
        Memory = memory;
        Length = length;
    }

    public BufferObject Memory { get; }

    public int Length { get; }

    /// <summary>Gets the bytes. Safety: the caller does not use them after <see cref="Release"/>.</summary>
    public unsafe ReadOnlySpan<byte> Bytes => new(Memory.Start, Length);

    /// <summary>Copies a large message to shared memory, to which the caller has a reference then.</summary>
    /// <param name="message">The message; no larger than a frame may be.</param>
    /// <param name="reuse">Memory of the caller that is used if it has room.</param>
    /// <returns>Null if the message is small, or there is no room: then the channel carries it.</returns>
    public static unsafe SharedContent? TryLay(MessageBuffer message, BufferObject? reuse = null)
    {
        if (message.Length < From)
        {
            return null;
        }

        BufferObject memory;
        if (reuse is not null && reuse.Capacity >= message.Length)
        {
            memory = reuse;
            memory.Session.Objects.AddReference(memory);
        }
        else
        {
            try
            {
                memory = SharedMemoryPool.Shared.Take((int)message.Length, 1);
            }
            catch (InsufficientSharedMemoryException)
            {
                return null;
            }
        }

        KillPoints.Pass(KillPoint.ContentTaken);
        message.CopyTo(memory.Start);
        KillPoints.Pass(KillPoint.ContentWritten);
        return new SharedContent(memory, (int)message.Length);
    }

    /// <summary>Opens the content that a frame refers to, and ends its flight.</summary>
    /// <exception cref="InvalidDataException">The bytes are no reference.</exception>
    /// <exception cref="InvalidOperationException">The memory was freed.</exception>
    public static SharedContent Open(ReadOnlySpan<byte> reference)
    {
        if (reference.Length != ReferenceBytes)
        {
            throw new InvalidDataException($"A frame that refers to shared memory has {reference.Length} bytes instead of {ReferenceBytes}.");
        }

        var id = SegmentId.FromWord(BinaryPrimitives.ReadInt64LittleEndian(reference));
        var length = BinaryPrimitives.ReadInt32LittleEndian(reference[sizeof(long)..]);
        var memory = BufferObject.Open(Session.Current, id, arrives: reference[^1] != 0)
            ?? throw new InvalidOperationException("The shared memory with the body or result of a process does not exist any more.");
        KillPoints.Pass(KillPoint.ContentArrived);
        if (length < 0 || length > memory.Capacity)
        {
            memory.Session.Objects.Release(memory);
            throw new InvalidDataException($"A frame names {length} bytes in shared memory of {memory.Capacity} bytes.");
        }

        return new SharedContent(memory, length);
    }

    /// <summary>Writes the payload of a frame.</summary>
    public byte[] Reference(bool isInFlight)
    {
        var reference = new byte[ReferenceBytes];
        BinaryPrimitives.WriteInt64LittleEndian(reference, Memory.Segment.Id.ToWord());
        BinaryPrimitives.WriteInt32LittleEndian(reference.AsSpan(sizeof(long)), Length);
        reference[^1] = isInFlight ? (byte)1 : (byte)0;
        return reference;
    }

    /// <summary>Gives the caller's reference back.</summary>
    public void Release() => Memory.Session.Objects.Release(Memory);
}

using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A received message, in native memory of this process; pooled. It is used for any number of receives and disposed by its owner. Not thread-safe:
/// one owner at a time.
/// </summary>
internal sealed unsafe class ReceivedMessage : IDisposable
{
    [ThreadStatic]
    private static ReceivedMessage? _idle;

    private ScratchBuffer? _memory;
    private long _most;

    private ReceivedMessage()
    {
    }

    /// <summary>Gets the address of the first byte. Safety: valid until the next receive into this object, or its disposal.</summary>
    public byte* Data => Memory.Start;

    /// <summary>Gets the number of bytes; after <see cref="ReceiveOutcome.TooLarge"/> that of the message that was not received.</summary>
    public long Length { get; internal set; }

    /// <summary>Gets the address behind the last byte.</summary>
    public byte* End => Data + Length;

    /// <summary>Gets the bytes.</summary>
    /// <exception cref="OverflowException">There are more than a span can have.</exception>
    public ReadOnlySpan<byte> Span => new(Data, checked((int)Length));

    /// <summary>Gets the number of bytes that fit without other memory.</summary>
    internal long Capacity => Memory.Size;

    private ScratchBuffer Memory
    {
        get
        {
            Debug.Assert(_memory is not null, "A message is used by its owner, between renting and disposing it.");
            return _memory!;
        }
    }

    public static ReceivedMessage Rent()
    {
        var message = _idle ?? new ReceivedMessage();
        _idle = null;
        message._memory = ScratchBuffer.Rent();
        message.Length = 0;
        message._most = 0;
        return message;
    }

    /// <summary>Makes room for <paramref name="length"/> bytes, which are the message's from now on. Its earlier content is lost.</summary>
    /// <returns>The address of the first byte.</returns>
    public byte* Prepare(long length)
    {
        MakeRoom(length);
        Length = length;
        return Memory.Start;
    }

    /// <summary>Makes room for a message of <paramref name="length"/> bytes, before it is received. The earlier content is lost.</summary>
    public void MakeRoom(long length)
    {
        if (Memory.Size < length)
        {
            Memory.Grow(length);
        }

        _most = Math.Max(_most, length);
    }

    /// <summary>Makes room for <paramref name="length"/> bytes and keeps the content, for a message whose bytes arrive one after the other.</summary>
    internal void Extend(long length)
    {
        if (Memory.Size < length)
        {
            Memory.Extend(length);
        }

        Length = length;
        _most = Math.Max(_most, length);
    }

    /// <summary>Exchanges the contents of two messages without a copy.</summary>
    internal void Exchange(ReceivedMessage other)
    {
        (_memory, other._memory) = (other._memory, _memory);
        (_most, other._most) = (other._most, _most);
        (Length, other.Length) = (other.Length, Length);
    }

    public void Dispose()
    {
        if (_memory is { } memory)
        {
            _memory = null;
            memory.Return(_most);
            _idle ??= this;
        }
    }
}

using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Why a sink did not take a message, which is still in the pipe.</summary>
internal enum MessageRefusal
{
    None,

    /// <summary>It was asked for the message's kind and length only.</summary>
    Peeked,

    /// <summary>It is of another kind, or a value of another type.</summary>
    WrongKind,

    /// <summary>It is longer than the caller's limit.</summary>
    TooLarge,

    /// <summary>The sink has no memory for it: make room for <see cref="IMessageSink.Length"/> bytes and try again.</summary>
    NoMemory,
}

/// <summary>Takes one message. Its fields about a message that it refused are set.</summary>
internal interface IMessageSink : ISink
{
    MessageRefusal Refusal { get; }

    /// <summary>The tag of the message.</summary>
    ulong Tag { get; }

    /// <summary>The length of its content.</summary>
    long Length { get; }
}

/// <summary>What every sink notes about the message.</summary>
internal struct MessageNote
{
    public MessageRefusal Refusal;
    public ulong Tag;
    public long Length;

    /// <summary>A sink that refuses wants room: the queue asks no more than whether it is more than none.</summary>
    public readonly long Wanted => (long)Refusal;

    /// <summary>Reads tag and length.</summary>
    /// <returns>False if the bytes are no message: then nothing is wanted, and the queue reports the damage.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe bool TryRead(byte* data, long length)
    {
        Refusal = MessageRefusal.None;
        return PipeMessage.TryRead(data, length, out Tag, out Length);
    }

    public bool Refuse(MessageRefusal refusal)
    {
        Refusal = refusal;
        return false;
    }
}

/// <summary>Bytes for a buffer of the caller.</summary>
internal unsafe ref struct BytesSpanSink(Span<byte> target) : IMessageSink
{
    private readonly Span<byte> _target = target;
    private MessageNote _note;

    public readonly MessageRefusal Refusal => _note.Refusal;

    public readonly ulong Tag => _note.Tag;

    public readonly long Length => _note.Length;

    public readonly long Wanted => _note.Wanted;

    public bool Accept(byte* data, long length)
    {
        if (!_note.TryRead(data, length))
        {
            return false;
        }

        if (PipeMessage.KindOf(_note.Tag) is not MessageKind.Bytes)
        {
            return _note.Refuse(MessageRefusal.WrongKind);
        }

        if (_note.Length > _target.Length)
        {
            return _note.Refuse(MessageRefusal.TooLarge);
        }

        new ReadOnlySpan<byte>(data, (int)_note.Length).CopyTo(_target);
        return true;
    }
}

/// <summary>The same for a receive that waits without a thread.</summary>
internal unsafe struct BytesMemorySink(Memory<byte> target) : IMessageSink
{
    private MessageNote _note;

    public readonly MessageRefusal Refusal => _note.Refusal;

    public readonly ulong Tag => _note.Tag;

    public readonly long Length => _note.Length;

    public readonly long Wanted => _note.Wanted;

    public bool Accept(byte* data, long length)
    {
        var sink = new BytesSpanSink(target.Span);
        var isTaken = sink.Accept(data, length);
        _note = new MessageNote { Refusal = sink.Refusal, Tag = sink.Tag, Length = sink.Length };
        return isTaken;
    }
}

/// <summary>Bytes for an array of exactly their length.</summary>
internal unsafe struct BytesArraySink(byte[]? target, long maxLength) : IMessageSink
{
    private MessageNote _note;

    public readonly MessageRefusal Refusal => _note.Refusal;

    public readonly ulong Tag => _note.Tag;

    public readonly long Length => _note.Length;

    public readonly long Wanted => _note.Wanted;

    public bool Accept(byte* data, long length)
    {
        if (!_note.TryRead(data, length))
        {
            return false;
        }

        if (PipeMessage.KindOf(_note.Tag) is not MessageKind.Bytes)
        {
            return _note.Refuse(MessageRefusal.WrongKind);
        }

        if (_note.Length > maxLength)
        {
            return _note.Refuse(MessageRefusal.TooLarge);
        }

        if (target is null || target.Length != _note.Length)
        {
            return _note.Refuse(MessageRefusal.NoMemory);
        }

        new ReadOnlySpan<byte>(data, target.Length).CopyTo(target);
        return true;
    }
}

/// <summary>An unmanaged value of exactly this type.</summary>
internal unsafe struct RawMessageSink<T> : IMessageSink
{
    private MessageNote _note;

    public T? Value;

    public readonly MessageRefusal Refusal => _note.Refusal;

    public readonly ulong Tag => _note.Tag;

    public readonly long Length => _note.Length;

    public readonly long Wanted => _note.Wanted;

    public bool Accept(byte* data, long length)
    {
        if (!_note.TryRead(data, length))
        {
            return false;
        }

        if (_note.Tag != RawType<T>.Tag || _note.Length < Unsafe.SizeOf<T>())
        {
            return _note.Refuse(MessageRefusal.WrongKind);
        }

        Value = Unsafe.ReadUnaligned<T>(data);
        return true;
    }
}

/// <summary>A message of some kinds, for memory outside the heap; its tag is kept.</summary>
internal unsafe struct MessageSink(ReceivedMessage target, long maxLength, MessageKind first, MessageKind second = MessageKind.None) : IMessageSink
{
    private MessageNote _note;

    public readonly MessageRefusal Refusal => _note.Refusal;

    public readonly ulong Tag => _note.Tag;

    public readonly long Length => _note.Length;

    public readonly long Wanted => _note.Wanted;

    public bool Accept(byte* data, long length)
    {
        if (!_note.TryRead(data, length))
        {
            return false;
        }

        if (PipeMessage.KindOf(_note.Tag) is var kind && kind != first && kind != second)
        {
            return _note.Refuse(MessageRefusal.WrongKind);
        }

        if (_note.Length > maxLength)
        {
            return _note.Refuse(MessageRefusal.TooLarge);
        }

        if (target.Capacity < _note.Length)
        {
            return _note.Refuse(MessageRefusal.NoMemory);
        }

        Buffer.MemoryCopy(data, target.Prepare(_note.Length), _note.Length, _note.Length);
        return true;
    }
}

/// <summary>Takes nothing: waits for a message without taking it.</summary>
internal unsafe struct PeekSink : IMessageSink
{
    private MessageNote _note;

    public readonly MessageRefusal Refusal => _note.Refusal;

    public readonly ulong Tag => _note.Tag;

    public readonly long Length => _note.Length;

    public readonly long Wanted => _note.Wanted;

    public bool Accept(byte* data, long length)
    {
        if (_note.TryRead(data, length))
        {
            _note.Refusal = MessageRefusal.Peeked;
        }

        return false;
    }
}

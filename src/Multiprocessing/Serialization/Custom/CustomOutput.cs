using System.Buffers;

namespace Multiprocessing;

/// <summary>
/// What a serializer writes to: the message itself, so that bytes are copied into it once. It ends with the call of
/// <see cref="IProcessSerializer{T}.Write"/>: a serializer that keeps it and uses it later gets an exception, and changes no other message.
/// </summary>
internal sealed class CustomOutput(MessageBuffer message) : IBufferWriter<byte>
{
    /// <summary>The space for a serializer that does not say how much it needs.</summary>
    private const int UsualSpace = 256;

    private MessageBuffer? _message = message;
    private byte[]? _memory;
    private bool _isMemoryOut;

    private MessageBuffer Message => _message ?? throw new InvalidOperationException(
        "The output of a serializer was used after its Write had returned. Write all bytes before Write returns, and do not keep the output.");

    /// <summary>The serializer has returned.</summary>
    public void End() => _message = null;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var message = Message;
        if (_isMemoryOut)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _memory!.Length);
            message.WriteBytes(_memory.AsSpan(0, count));
            _isMemoryOut = false;
        }
        else
        {
            message.Advance(count);
        }
    }

    /// <summary>Returns managed memory, which <see cref="Advance"/> copies: the message is native memory.</summary>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        _ = Message;
        if (_memory is null || _memory.Length < sizeHint)
        {
            _memory = new byte[Math.Max(sizeHint, UsualSpace)];
        }

        _isMemoryOut = true;
        return _memory;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        _isMemoryOut = false;
        return Message.Space(sizeHint == 0 ? UsualSpace : sizeHint);
    }

    public void WriteMemory<T>(ReadOnlyMemory<T> elements)
        where T : unmanaged
    {
        _isMemoryOut = false;
        Message.WriteMemory(elements);
    }
}

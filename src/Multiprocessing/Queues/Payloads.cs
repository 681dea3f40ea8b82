using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>An unmanaged value whose put waits for room without a thread.</summary>
internal readonly unsafe struct RawValuePayload<T>(T value) : IPayloads
{
    public int Count => 1;

    public long LengthOf(int index) => Unsafe.SizeOf<T>();

    public void CopyTo(int index, byte* destination) => Unsafe.WriteUnaligned(destination, value);

    public void MarkSent(int from, int to)
    {
    }

    public void SetWaiting(bool isWaiting)
    {
    }
}

/// <summary>The unmanaged values of a span.</summary>
internal unsafe ref struct RawSpanPayload<T>(ReadOnlySpan<T> values) : IPayloads
{
    private readonly ReadOnlySpan<T> _values = values;

    public readonly int Count => _values.Length;

    public readonly long LengthOf(int index) => Unsafe.SizeOf<T>();

    public readonly void CopyTo(int index, byte* destination) => Unsafe.WriteUnaligned(destination, _values[index]);

    public readonly void MarkSent(int from, int to)
    {
    }

    public readonly void SetWaiting(bool isWaiting)
    {
    }
}

/// <summary>One serialized item.</summary>
internal unsafe struct BufferPayload(MessageBuffer buffer) : IPayloads
{
    public readonly int Count => 1;

    public readonly long LengthOf(int index) => buffer.Length;

    public readonly void CopyTo(int index, byte* destination) => buffer.CopyTo(destination);

    public readonly void MarkSent(int from, int to) => buffer.MarkSent();

    public readonly void SetWaiting(bool isWaiting) => buffer.SetWaiting(isWaiting);
}

/// <summary>Several serialized items.</summary>
internal unsafe ref struct BufferSpanPayload(ReadOnlySpan<MessageBuffer> buffers) : IPayloads
{
    private readonly ReadOnlySpan<MessageBuffer> _buffers = buffers;

    public readonly int Count => _buffers.Length;

    public readonly long LengthOf(int index) => _buffers[index].Length;

    public readonly void CopyTo(int index, byte* destination) => _buffers[index].CopyTo(destination);

    public readonly void MarkSent(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            _buffers[i].MarkSent();
        }
    }

    public readonly void SetWaiting(bool isWaiting)
    {
        foreach (var buffer in _buffers)
        {
            buffer.SetWaiting(isWaiting);
        }
    }
}

/// <summary>Unmanaged values.</summary>
internal unsafe ref struct RawSpanSink<T>(Span<T> values) : ISink
{
    private readonly Span<T> _values = values;

    public int Count;

    public readonly long Wanted => 0;

    public bool Accept(byte* data, long length)
    {
        if (length != Unsafe.SizeOf<T>() || Count == _values.Length)
        {
            return false;
        }

        _values[Count++] = Unsafe.ReadUnaligned<T>(data);
        return true;
    }
}

/// <summary>Serialized items, consecutive in memory of this process, each preceded by its length.</summary>
internal unsafe struct ScratchSink(ScratchBuffer buffer) : ISink
{
    private long _used;

    public long Wanted { get; private set; }

    public bool Accept(byte* data, long length)
    {
        var bytes = RecordHeader.BytesFor(length);
        if (buffer.Size - _used < bytes)
        {
            Wanted = bytes;
            return false;
        }

        var at = buffer.Start + _used;
        *(long*)at = length;
        Buffer.MemoryCopy(data, at + RecordHeader.Size, length, length);
        _used += bytes;
        return true;
    }
}

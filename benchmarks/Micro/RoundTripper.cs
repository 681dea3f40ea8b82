using System.Runtime.InteropServices;
using Multiprocessing;

namespace Micro;

/// <summary>Serializes one value into memory again and again, as a put does, and deserializes it.</summary>
internal sealed unsafe class RoundTripper<T> : IDisposable
{
    private readonly T _value;
    private readonly byte* _memory;
    private readonly byte* _end;

    public RoundTripper(T value)
    {
        _value = value;
        var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, value, "value");
        _memory = (byte*)NativeMemory.Alloc((nuint)buffer.Length);
        _end = _memory + buffer.Length;
        buffer.CopyTo(_memory);
        buffer.Dispose();
    }

    /// <summary>Returns the number of bytes.</summary>
    public long Serialize()
    {
        var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, _value, "value");
        var length = buffer.Length;
        buffer.CopyTo(_memory);
        buffer.Dispose();
        return length;
    }

    public T Deserialize()
    {
        var at = _memory;
        return ValueSerializer.Deserialize<T>(ref at, _end);
    }

    public void Dispose() => NativeMemory.Free(_memory);
}

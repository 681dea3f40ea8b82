using System.Runtime.InteropServices;

namespace Multiprocessing;

// Values as they lie in memory and strings as UTF-16: both ends are the same build on the same machine, and nothing here makes a fresh
// child load encodings, cultures or readers, each of which costs it a good part of a millisecond.

/// <summary>Writes a <see cref="Hello"/>.</summary>
internal sealed class HelloWriter
{
    private readonly List<byte> _bytes = new(512);

    public void Write<T>(T value)
        where T : unmanaged => _bytes.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public void Write(string value)
    {
        Write(value.Length);
        _bytes.AddRange(MemoryMarshal.AsBytes(value.AsSpan()));
    }

    public byte[] ToBytes() => [.. _bytes];
}

/// <summary>Reads what a <see cref="HelloWriter"/> wrote; throws <see cref="ArgumentOutOfRangeException"/> where it ends early.</summary>
internal ref struct HelloReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public unsafe T Read<T>()
        where T : unmanaged
    {
        var value = MemoryMarshal.Read<T>(_rest);
        _rest = _rest[sizeof(T)..];
        return value;
    }

    public string ReadString()
    {
        var length = Read<int>() * sizeof(char);
        var value = new string(MemoryMarshal.Cast<byte, char>(_rest[..length]));
        _rest = _rest[length..];
        return value;
    }
}

namespace Multiprocessing;

// Values are written as they are in memory, and strings as UTF-16: both ends are the same build on the same machine. No readers, encodings, cultures,
// and no generic code over values: a new child would have to load or compile each of them during its start.

/// <summary>Writes a <see cref="Hello"/> or an <see cref="Assignment"/>.</summary>
internal sealed class HelloWriter
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    public unsafe void Write(long value) => new ReadOnlySpan<byte>(&value, sizeof(long)).CopyTo(Take(sizeof(long)));

    public unsafe void Write(Guid value) => new ReadOnlySpan<byte>(&value, sizeof(Guid)).CopyTo(Take(sizeof(Guid)));

    public unsafe void Write(string value)
    {
        Write(value.Length);
        fixed (char* characters = value)
        {
            new ReadOnlySpan<byte>(characters, value.Length * sizeof(char)).CopyTo(Take(value.Length * sizeof(char)));
        }
    }

    public byte[] ToBytes() => _bytes.AsSpan(0, _length).ToArray();

    public void CopyTo(MessageBuffer message) => message.WriteBytes(ref _bytes[0], (nuint)_length);

    private Span<byte> Take(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }

        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }
}

/// <summary>Reads what a <see cref="HelloWriter"/> wrote. Throws <see cref="ArgumentOutOfRangeException"/> if the bytes end early.</summary>
internal ref struct HelloReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public int ReadInt32() => checked((int)ReadInt64());

    public bool ReadBoolean() => ReadInt64() != 0;

    public unsafe long ReadInt64()
    {
        fixed (byte* from = Take(sizeof(long)))
        {
            return *(long*)from;
        }
    }

    public unsafe Guid ReadGuid()
    {
        fixed (byte* from = Take(sizeof(Guid)))
        {
            return *(Guid*)from;
        }
    }

    public unsafe string ReadString()
    {
        var length = ReadInt32();
        fixed (byte* from = Take(length * sizeof(char)))
        {
            return new string((char*)from, 0, length);
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

internal sealed unsafe partial class GraphReader
{
    /// <summary>The length of a block copy has 32 bits; an array may be longer.</summary>
    private const int MaxBlock = 1 << 30;

    private byte* _at;
    private byte* _end;

    /// <summary>Gets what the reader provides for the objects in the message.</summary>
    public ReadContext? Context { get; private set; }

    public byte* Position => _at;

    public ulong Remaining => (ulong)(_end - _at);

    public void Begin(byte* data, byte* end, ReadContext? context = null)
    {
        Context = context;
        _at = data;
        _end = end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte()
    {
        if (_at >= _end)
        {
            throw Torn();
        }

        return *_at++;
    }

    /// <summary>Reads the next byte if it has this value; returns whether it has.</summary>
    public bool SkipsByte(byte value)
    {
        if (_at >= _end || *_at != value)
        {
            return false;
        }

        _at++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read<T>()
        where T : unmanaged
    {
        if (_end - _at < sizeof(T))
        {
            throw Torn();
        }

        var value = Unsafe.ReadUnaligned<T>(_at);
        _at += sizeof(T);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarint()
    {
        if (_at < _end && *_at < 0x80)
        {
            return *_at++;
        }

        return ReadLongVarint();
    }

    /// <summary>
    /// Reads a count of elements that take at least <paramref name="elementSize"/> bytes each. It is checked against the rest of the message before
    /// anything is allocated.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadLength(int elementSize = 1)
    {
        var count = ReadVarint();
        if (count > (ulong)Array.MaxLength || count * (ulong)elementSize > (ulong)(_end - _at))
        {
            throw Torn();
        }

        return (int)count;
    }

    public ReadOnlySpan<byte> ReadSpan(int length)
    {
        if (_end - _at < length)
        {
            throw Torn();
        }

        var span = new ReadOnlySpan<byte>(_at, length);
        _at += length;
        return span;
    }

    public string ReadUtf16(int length)
    {
        if (_end - _at < (long)length * sizeof(char))
        {
            throw Torn();
        }

        var text = new string((char*)_at, 0, length);
        _at += length * sizeof(char);
        return text;
    }

    /// <summary>Copies bytes to a location that may be inside a managed object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReadBytes(ref byte destination, nuint length)
    {
        if ((nuint)(_end - _at) < length)
        {
            throw Torn();
        }

        while (length > MaxBlock)
        {
            Unsafe.CopyBlockUnaligned(ref destination, ref *_at, MaxBlock);
            destination = ref Unsafe.Add(ref destination, MaxBlock);
            _at += MaxBlock;
            length -= MaxBlock;
        }

        Unsafe.CopyBlockUnaligned(ref destination, ref *_at, (uint)length);
        _at += length;
    }

    public static SerializationException Torn() =>
        new($"Process {Environment.ProcessId} cannot read a message: it is torn, or was not written by this library.");

    private ulong ReadLongVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Torn();
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// Reads the parts of a name that a <see cref="BinaryWriter"/> wrote. The first BinaryReader of a process would take a millisecond.
/// </summary>
internal ref struct NameReader(ReadOnlySpan<byte> blob)
{
    private ReadOnlySpan<byte> _rest = blob;

    public byte ReadByte() => Take(1)[0];

    public bool ReadBoolean() => ReadByte() != 0;

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>Reads a number of elements, which is checked against the rest of the name before anything is allocated.</summary>
    public int ReadCount() => ReadInt32() is var count && (uint)count <= (uint)_rest.Length ? count : throw new EndOfStreamException();

    public Guid ReadGuid() => new(Take(16));

    public string ReadText() => Encoding.UTF8.GetString(Take(ReadInt32()));

    /// <exception cref="EndOfStreamException">The name is shorter.</exception>
    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw new EndOfStreamException();
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}

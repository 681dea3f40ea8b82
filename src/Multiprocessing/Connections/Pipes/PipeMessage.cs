using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>What a message contains.</summary>
internal enum MessageKind
{
    None,

    /// <summary>Bytes of the program.</summary>
    Bytes = 0xB1,

    /// <summary>A serialized object.</summary>
    Value = 0xB2,

    /// <summary>An unmanaged value as it lies in memory, the name of its type, and the length of the name (4 bytes).</summary>
    Raw = 0xB3,

    /// <summary>A message of the library itself: a call of a service.</summary>
    Frame = 0xB4,
}

/// <summary>
/// A message in the ring: its content, its tag (8 bytes), and the <see cref="ItemTrailer"/> of every serialized item of a queue, so that the handles
/// in it are released if no process reads it. The tag is hash:56 | kind:8; the hash is that of the type of a raw value. All of it lies behind the
/// content: what a reader copies is aligned, and a raw value's type name, which nearly no reader reads, lies in lines of memory that it does not
/// touch.
/// </summary>
internal static unsafe class PipeMessage
{
    public const int TagBytes = sizeof(ulong);

    /// <summary>The bytes behind the content of a message without handles.</summary>
    public const int TrailerBytes = TagBytes + sizeof(int);

    public static MessageKind KindOf(ulong tag) => (MessageKind)(tag & 0xFF);

    public static ulong TagOf(MessageKind kind, ulong hash = 0) => (hash << 8) | (uint)kind;

    /// <summary>Writes what follows the content of a message without handles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteTrailer(byte* behind, ulong tag)
    {
        Unsafe.WriteUnaligned(behind, tag);
        Unsafe.WriteUnaligned(behind + TagBytes, 0);
    }

    /// <summary>Finds the tag and the content's length in a record.</summary>
    /// <returns>False if the bytes are no message.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(byte* data, long length, out ulong tag, out long contentLength)
    {
        contentLength = length - TrailerBytes;
        if (contentLength >= 0)
        {
            var handles = Unsafe.ReadUnaligned<int>(data + length - sizeof(int));
            if (handles == 0 || ((uint)handles <= (ulong)contentLength / sizeof(long) && handles > 0))
            {
                contentLength -= (long)handles * sizeof(long);
                tag = Unsafe.ReadUnaligned<ulong>(data + contentLength);
                return true;
            }
        }

        tag = 0;
        return false;
    }
}

/// <summary>How an unmanaged type is named in messages.</summary>
internal static class RawType<T>
{
    /// <summary>
    /// The type's name as the serializer writes it; empty if <typeparamref name="T"/> crosses as an object, as a <see cref="Nullable{T}"/> does: in a
    /// box it is the value or null.
    /// </summary>
    public static readonly byte[] Name = ValueSerializer<T>.IsRaw && default(T) is not null ? Write() : [];

    /// <summary>The tag of messages with a value of this type; 0 if it crosses as an object.</summary>
    public static readonly ulong Tag = Name.Length == 0 ? 0 : PipeMessage.TagOf(MessageKind.Raw, HashOf(Name));

    private static byte[] Write()
    {
        using var buffer = MessageBuffer.Rent();
        try
        {
            ValueSerializer.Serialize(buffer, typeof(T), "type");
        }
        catch (NotSerializableException)
        {
            return []; // the other process could not find the type; the error of the value itself names the reason
        }

        var name = new byte[buffer.Length];
        buffer.CopyTo(0, name);
        return name;
    }

    /// <summary>FNV-1a.</summary>
    private static ulong HashOf(ReadOnlySpan<byte> bytes)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 0x100000001B3UL;
        }

        return hash;
    }
}

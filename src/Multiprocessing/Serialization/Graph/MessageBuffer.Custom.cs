using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>What a serializer of a user writes: see <see cref="CustomOutput"/>.</summary>
internal sealed partial class MessageBuffer
{
    /// <summary>Reserves the place of a number that is known only when the bytes behind it are written.</summary>
    internal unsafe LengthSlot ReserveLength()
    {
        Space(sizeof(int));
        var slot = new LengthSlot((int*)_cursor);
        Write(0);
        return slot;
    }

    /// <summary>Returns space of at least that many bytes behind the message; <see cref="Advance"/> makes its beginning part of it.</summary>
    internal unsafe Span<byte> Space(int least)
    {
        if (_limit - _cursor < least)
        {
            Grow(least);
        }

        return new Span<byte>((byte*)_cursor, (int)Math.Min(_limit - _cursor, int.MaxValue));
    }

    internal void Advance(int count)
    {
        if (count > _limit - _cursor)
        {
            throw new InvalidOperationException($"Advance({count}) was called, and GetSpan had returned {_limit - _cursor} bytes.");
        }

        _cursor += count;
    }

    /// <summary>
    /// Writes elements that do not change before the message is sent: refers to many in an array, and copies others. A message may outlast the call
    /// that made it (a task of a pool may run again), and memory that is no array may be freed meanwhile.
    /// </summary>
    internal void WriteMemory<T>(ReadOnlyMemory<T> elements)
        where T : unmanaged
    {
        var length = (long)elements.Length * Unsafe.SizeOf<T>();
        if (length >= ReferFrom && MemoryMarshal.TryGetArray(elements, out var segment))
        {
            WriteArray(segment.Array!, (long)segment.Offset * Unsafe.SizeOf<T>(), length);
        }
        else
        {
            WriteBytes(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(elements.Span)), (nuint)length);
        }
    }

    /// <summary>The place of a number in a chunk. Safety: it is set before the message is truncated or returned; chunks do not move.</summary>
    internal readonly unsafe struct LengthSlot(int* place)
    {
        public void Set(int length) => Unsafe.WriteUnaligned(place, length);
    }
}

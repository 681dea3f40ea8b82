using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// Items that are one array of elements without references (<c>byte[]</c>, <c>double[]</c>): their elements are copied from the array into the ring
/// and from the ring into an array, with no copy in between. The bytes in the ring are those that the serializer writes for such an item, followed by
/// its <see cref="ItemTrailer"/>, so each side may use the serializer whenever it must.
/// </summary>
internal static unsafe class ArrayItem
{
    /// <summary>From this size on the serializer copies, which works in steps.</summary>
    public const long Most = 1 << 30;

    private const int TagBytes = 1;
    private const int TrailerBytes = sizeof(int);

    public static long LengthOf(int count, long bytes) => TagBytes + VarintBytes(count) + bytes + TrailerBytes;

    public static void Write(byte* destination, Array array, long bytes)
    {
        *destination++ = ReferenceTag.New;
        var rest = (uint)array.Length;
        for (; rest >= 0x80; rest >>= 7)
        {
            *destination++ = (byte)(rest | 0x80);
        }

        *destination++ = (byte)rest;
        Unsafe.CopyBlockUnaligned(ref *destination, ref MemoryMarshal.GetArrayDataReference(array), (uint)bytes);
        Unsafe.WriteUnaligned(destination + bytes, 0);
    }

    /// <summary>
    /// Finds the elements and their count. Returns false if the item is no such array: null, of a derived type, or not an item at all.
    /// </summary>
    public static bool TryRead(byte* data, long length, int stride, out byte* elements, out int count)
    {
        elements = null;
        count = 0;
        var end = data + length;
        if (length < TagBytes + 1 + TrailerBytes || *data++ != ReferenceTag.New)
        {
            return false;
        }

        var value = 0L;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = *data++;
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                elements = data;
                count = (int)value;
                return value <= int.MaxValue && end - data == (value * stride) + TrailerBytes;
            }

            if (data == end)
            {
                return false;
            }
        }

        return false;
    }

    private static int VarintBytes(int count) => (38 - System.Numerics.BitOperations.LeadingZeroCount((uint)count | 1)) / 7;
}

/// <summary>One array, copied once: from the caller's array into the ring. Code that changes the array meanwhile changes the item.</summary>
internal readonly unsafe struct ArrayPayload(Array array, long bytes) : IPayloads
{
    public int Count => 1;

    public long LengthOf(int index) => ArrayItem.LengthOf(array.Length, bytes);

    public void CopyTo(int index, byte* destination) => ArrayItem.Write(destination, array, bytes);

    public void MarkSent(int from, int to)
    {
    }

    public void SetWaiting(bool isWaiting)
    {
    }
}

/// <summary>One array, copied once: from the ring into <paramref name="array"/> if that has the item's length.</summary>
internal unsafe struct ArraySink(Array? array, int stride) : ISink
{
    public long Wanted { get; private set; }

    /// <summary>The number of elements of the item refused last; -1 if it is no such array.</summary>
    public int WantedCount { get; private set; }

    public bool Accept(byte* data, long length)
    {
        Wanted = Math.Max(length, 1);
        WantedCount = -1;
        if (!ArrayItem.TryRead(data, length, stride, out var elements, out var count))
        {
            return false;
        }

        WantedCount = count;
        var bytes = (long)count * stride;
        if (array is null || array.Length != count || bytes >= ArrayItem.Most)
        {
            return false;
        }

        Unsafe.CopyBlockUnaligned(ref MemoryMarshal.GetArrayDataReference(array), ref *elements, (uint)bytes);
        return true;
    }
}

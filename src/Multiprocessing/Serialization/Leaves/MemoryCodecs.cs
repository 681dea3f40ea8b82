using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The part of an array that a memory or segment covers. The rest of the array does not cross.</summary>
internal static class SliceFormat<T>
{
    public static void Write(GraphWriter writer, ReadOnlyMemory<T> slice)
    {
        writer.Out.WriteVarint((uint)slice.Length);
        if (!LocationCodec<T>.IsRaw)
        {
            foreach (ref readonly var item in slice.Span)
            {
                LocationCodec<T>.Write(writer, ref Unsafe.AsRef(in item));
            }
        }
        else if (MemoryMarshal.TryGetArray(slice, out var segment) && segment.Array is not null)
        {
            writer.Out.WriteArray(segment.Array, (long)segment.Offset * Unsafe.SizeOf<T>(), (long)segment.Count * Unsafe.SizeOf<T>());
        }
        else
        {
            writer.Out.WriteBytes(
                ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(slice.Span)), (nuint)slice.Length * (nuint)Unsafe.SizeOf<T>());
        }
    }

    public static T[] Read(GraphReader reader)
    {
        var count = reader.ReadLength(LocationCodec<T>.IsRaw ? Unsafe.SizeOf<T>() : 1);
        if (count == 0)
        {
            return [];
        }

        var items = GC.AllocateUninitializedArray<T>(count);
        if (LocationCodec<T>.IsRaw)
        {
            reader.ReadBytes(ref Unsafe.As<T, byte>(ref items[0]), (nuint)count * (nuint)Unsafe.SizeOf<T>());
            return items;
        }

        foreach (ref var item in items.AsSpan())
        {
            LocationCodec<T>.Read(reader, ref item);
        }

        return items;
    }

    public static IEnumerable<PathStep> Children(ReadOnlyMemory<T> slice)
    {
        for (var i = 0; i < slice.Length && !LocationCodec<T>.IsRaw; i++)
        {
            yield return new PathStep($"element [{i}]", slice.Span[i]);
        }
    }
}

internal sealed class MemoryCodec<T> : ValueCodec
{
    public override void Write(GraphWriter writer, ref byte location) => SliceFormat<T>.Write(writer, Unsafe.As<byte, Memory<T>>(ref location));

    public override void Read(GraphReader reader, ref byte location) => Unsafe.As<byte, Memory<T>>(ref location) = SliceFormat<T>.Read(reader);

    public override IEnumerable<PathStep> Children(object value) => SliceFormat<T>.Children((Memory<T>)value);
}

internal sealed class ReadOnlyMemoryCodec<T> : ValueCodec
{
    public override void Write(GraphWriter writer, ref byte location) =>
        SliceFormat<T>.Write(writer, Unsafe.As<byte, ReadOnlyMemory<T>>(ref location));

    public override void Read(GraphReader reader, ref byte location) =>
        Unsafe.As<byte, ReadOnlyMemory<T>>(ref location) = SliceFormat<T>.Read(reader);

    public override IEnumerable<PathStep> Children(object value) => SliceFormat<T>.Children((ReadOnlyMemory<T>)value);
}

internal sealed class ArraySegmentCodec<T> : ValueCodec
{
    public override void Write(GraphWriter writer, ref byte location)
    {
        var segment = Unsafe.As<byte, ArraySegment<T>>(ref location);
        writer.Out.WriteByte(segment.Array is null ? (byte)0 : (byte)1);
        if (segment.Array is not null)
        {
            SliceFormat<T>.Write(writer, segment);
        }
    }

    public override void Read(GraphReader reader, ref byte location) =>
        Unsafe.As<byte, ArraySegment<T>>(ref location) = reader.ReadByte() == 0 ? default : new ArraySegment<T>(SliceFormat<T>.Read(reader));

    public override IEnumerable<PathStep> Children(object value) =>
        ((ArraySegment<T>)value).Array is null ? [] : SliceFormat<T>.Children((ArraySegment<T>)value);
}

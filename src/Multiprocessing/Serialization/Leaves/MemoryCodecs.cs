using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The part of an array that a memory or segment shows, as a copy; what lies outside it stays here.</summary>
internal static class SliceFormat<T>
{
    public static void Write(GraphWriter writer, ReadOnlyMemory<T> slice)
    {
        writer.Out.WriteVarint((uint)slice.Length);
        if (!Place<T>.IsRaw)
        {
            foreach (ref readonly var item in slice.Span)
            {
                Place<T>.Write(writer, ref Unsafe.AsRef(in item));
            }
        }
        else if (MemoryMarshal.TryGetArray(slice, out var segment) && segment.Array is not null)
        {
            writer.Out.WriteArray(segment.Array, (long)segment.Offset * Unsafe.SizeOf<T>(), (long)segment.Count * Unsafe.SizeOf<T>());
        }
        else
        {
            writer.Out.WriteBytes(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(slice.Span)), (nuint)slice.Length * (nuint)Unsafe.SizeOf<T>());
        }
    }

    public static T[] Read(GraphReader reader)
    {
        var count = reader.ReadLength(Place<T>.IsRaw ? Unsafe.SizeOf<T>() : 1);
        if (count == 0)
        {
            return [];
        }

        var items = GC.AllocateUninitializedArray<T>(count);
        if (Place<T>.IsRaw)
        {
            reader.ReadBytes(ref Unsafe.As<T, byte>(ref items[0]), (nuint)count * (nuint)Unsafe.SizeOf<T>());
            return items;
        }

        foreach (ref var item in items.AsSpan())
        {
            Place<T>.Read(reader, ref item);
        }

        return items;
    }

    public static IEnumerable<PathStep> Children(ReadOnlyMemory<T> slice)
    {
        for (var i = 0; i < slice.Length && !Place<T>.IsRaw; i++)
        {
            yield return new PathStep($"element [{i}]", slice.Span[i]);
        }
    }
}

internal sealed class MemoryCodec<T> : ValueCodec
{
    public override void Write(GraphWriter writer, ref byte place) => SliceFormat<T>.Write(writer, Unsafe.As<byte, Memory<T>>(ref place));

    public override void Read(GraphReader reader, ref byte place) => Unsafe.As<byte, Memory<T>>(ref place) = SliceFormat<T>.Read(reader);

    public override IEnumerable<PathStep> Children(object value) => SliceFormat<T>.Children((Memory<T>)value);
}

internal sealed class ReadOnlyMemoryCodec<T> : ValueCodec
{
    public override void Write(GraphWriter writer, ref byte place) => SliceFormat<T>.Write(writer, Unsafe.As<byte, ReadOnlyMemory<T>>(ref place));

    public override void Read(GraphReader reader, ref byte place) => Unsafe.As<byte, ReadOnlyMemory<T>>(ref place) = SliceFormat<T>.Read(reader);

    public override IEnumerable<PathStep> Children(object value) => SliceFormat<T>.Children((ReadOnlyMemory<T>)value);
}

internal sealed class ArraySegmentCodec<T> : ValueCodec
{
    public override void Write(GraphWriter writer, ref byte place)
    {
        var segment = Unsafe.As<byte, ArraySegment<T>>(ref place);
        writer.Out.WriteByte(segment.Array is null ? (byte)0 : (byte)1);
        if (segment.Array is not null)
        {
            SliceFormat<T>.Write(writer, segment);
        }
    }

    public override void Read(GraphReader reader, ref byte place) =>
        Unsafe.As<byte, ArraySegment<T>>(ref place) = reader.ReadByte() == 0 ? default : new ArraySegment<T>(SliceFormat<T>.Read(reader));

    public override IEnumerable<PathStep> Children(object value) =>
        ((ArraySegment<T>)value).Array is null ? [] : SliceFormat<T>.Children((ArraySegment<T>)value);
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>One-dimensional arrays that begin at 0: the content of elements without references as one block, of others one by one.</summary>
internal class ArrayCodec : ObjectCodec
{
    /// <summary>Bytes from one element to the next.</summary>
    public readonly int Stride;

    /// <summary>The elements are their bytes.</summary>
    public readonly bool IsRaw;

    protected readonly ValueCodec Elements;
    private Array? _empty;

    public ArrayCodec(Type type)
        : base(type, CodecTraits.TwoPhase)
    {
        var element = type.GetElementType()!;
        Elements = ValueCodec.For(element);
        Stride = element.IsValueType ? RuntimeHelpers.SizeOf(element.TypeHandle) : nint.Size;
        IsRaw = Elements.RawSize > 0;
    }

    public override void WriteHead(GraphWriter writer, object value) => writer.Out.WriteVarint((uint)Unsafe.As<Array>(value).Length);

    public override void WriteBody(GraphWriter writer, object value) => WriteItems(writer, Unsafe.As<Array>(value), 0, Unsafe.As<Array>(value).Length);

    public override object Create(GraphReader reader) => Allocate(reader.ReadLength(IsRaw ? Stride : 1));

    public override void ReadBody(GraphReader reader, object value) => ReadItems(reader, Unsafe.As<Array>(value), Unsafe.As<Array>(value).Length);

    public virtual Array Allocate(int length) => Array.CreateInstanceFromArrayType(Type, length);

    /// <summary>One array without elements for all lists.</summary>
    public Array Empty => _empty ??= Allocate(0);

    /// <summary>The smallest number of bytes an element can take in a message.</summary>
    public int LeastSize => IsRaw ? Stride : 1;

    public void WriteItems(GraphWriter writer, Array array, int start, int count)
    {
        if (IsRaw)
        {
            writer.Out.WriteArray(array, (long)start * Stride, (long)count * Stride);
            return;
        }

        for (var i = start; i < start + count; i++)
        {
            Elements.Write(writer, ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)i * Stride));
        }
    }

    public void ReadItems(GraphReader reader, Array array, int count)
    {
        if (IsRaw)
        {
            reader.ReadBytes(ref MemoryMarshal.GetArrayDataReference(array), (nuint)count * (nuint)Stride);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            Elements.Read(reader, ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)i * Stride));
        }
    }

    public override IEnumerable<PathStep> Children(object value) => Children((Array)value, ((Array)value).Length);

    /// <summary>The first <paramref name="count"/> elements; none of an array without references, which cannot hold a culprit.</summary>
    public IEnumerable<PathStep> Children(Array array, int count)
    {
        for (var i = 0; i < count && !IsRaw; i++)
        {
            yield return new PathStep($"element [{i}]", array.GetValue(i));
        }
    }
}

/// <summary>Arrays of element types that are known here, allocated without zeroing what is overwritten at once.</summary>
internal sealed class KnownArrayCodec<T>() : ArrayCodec(typeof(T[]))
{
    public override Array Allocate(int length) => GC.AllocateUninitializedArray<T>(length);
}

/// <summary>Arrays of several dimensions, or that do not begin at 0.</summary>
internal sealed class BoundedArrayCodec : ObjectCodec
{
    private readonly ValueCodec _elements;
    private readonly int _stride;
    private readonly int _rank;

    public BoundedArrayCodec(Type type)
        : base(type, CodecTraits.TwoPhase)
    {
        var element = type.GetElementType()!;
        _elements = ValueCodec.For(element);
        _stride = element.IsValueType ? RuntimeHelpers.SizeOf(element.TypeHandle) : nint.Size;
        _rank = type.GetArrayRank();
    }

    public override void WriteHead(GraphWriter writer, object value)
    {
        var array = (Array)value;
        for (var i = 0; i < _rank; i++)
        {
            writer.Out.WriteVarint((uint)array.GetLength(i));
            writer.Out.Write(array.GetLowerBound(i));
        }
    }

    public override void WriteBody(GraphWriter writer, object value)
    {
        var array = (Array)value;
        if (_elements.RawSize > 0)
        {
            writer.Out.WriteArray(array, 0, array.LongLength * _stride);
            return;
        }

        for (nint i = 0; i < array.LongLength; i++)
        {
            _elements.Write(writer, ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), i * _stride));
        }
    }

    public override object Create(GraphReader reader)
    {
        var lengths = new int[_rank];
        var bounds = new int[_rank];
        var least = (UInt128)(_elements.RawSize > 0 ? _stride : 1);
        for (var i = 0; i < _rank; i++)
        {
            var length = reader.ReadVarint();
            lengths[i] = length <= int.MaxValue ? (int)length : throw GraphReader.Torn();
            bounds[i] = reader.Read<int>();
            least *= length;
        }

        return least <= reader.Remaining ? Array.CreateInstanceFromArrayType(Type, lengths, bounds) : throw GraphReader.Torn();
    }

    public override void ReadBody(GraphReader reader, object value)
    {
        var array = (Array)value;
        if (_elements.RawSize > 0)
        {
            reader.ReadBytes(ref MemoryMarshal.GetArrayDataReference(array), (nuint)array.LongLength * (nuint)_stride);
            return;
        }

        for (nint i = 0; i < array.LongLength; i++)
        {
            _elements.Read(reader, ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), i * _stride));
        }
    }

    public override IEnumerable<PathStep> Children(object value)
    {
        var array = (Array)value;
        var at = new int[_rank];
        for (var i = 0; i < _rank; i++)
        {
            at[i] = array.GetLowerBound(i);
        }

        for (long count = array.LongLength; count > 0 && _elements.RawSize == 0; count--)
        {
            yield return new PathStep($"element [{string.Join(", ", at)}]", array.GetValue(at));
            for (var i = _rank - 1; i >= 0 && ++at[i] > array.GetUpperBound(i); i--)
            {
                at[i] = array.GetLowerBound(i);
            }
        }
    }
}

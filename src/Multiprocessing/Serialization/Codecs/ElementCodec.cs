using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>Base of the codecs of arrays: elements that are their bytes cross as one block, others one by one.</summary>
internal abstract class ElementCodec : ObjectCodec
{
    /// <summary>Bytes from one element to the next.</summary>
    public readonly int Stride;

    /// <summary>The elements are their bytes.</summary>
    public readonly bool IsRaw;

    private readonly ValueCodec _elements;

    protected ElementCodec(Type type)
        : base(type, CodecTraits.TwoPhase)
    {
        var element = type.GetElementType()!;
        _elements = ValueCodec.For(element);
        Stride = element.IsValueType ? RuntimeHelpers.SizeOf(element.TypeHandle) : nint.Size;
        IsRaw = _elements.RawSize > 0;
    }

    /// <summary>Gets the smallest number of bytes that an element takes in a message.</summary>
    public int MinSize => IsRaw ? Stride : 1;

    public void WriteItems(GraphWriter writer, Array array, nint start, nint count)
    {
        if (IsRaw)
        {
            writer.Out.WriteArray(array, (long)start * Stride, (long)count * Stride);
            return;
        }

        for (var i = start; i < start + count; i++)
        {
            _elements.Write(writer, ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), i * Stride));
        }
    }

    public void ReadItems(GraphReader reader, Array array, nint count)
    {
        if (IsRaw)
        {
            reader.ReadBytes(ref MemoryMarshal.GetArrayDataReference(array), (nuint)count * (nuint)Stride);
            return;
        }

        for (nint i = 0; i < count; i++)
        {
            _elements.Read(reader, ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), i * Stride));
        }
    }
}

using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>One-dimensional arrays that begin at 0.</summary>
internal class ArrayCodec(Type type) : ElementCodec(type)
{
    private Array? _empty;

    public override void WriteHead(GraphWriter writer, object value) => writer.Out.WriteVarint((uint)Unsafe.As<Array>(value).Length);

    public override void WriteBody(GraphWriter writer, object value) =>
        WriteItems(writer, Unsafe.As<Array>(value), 0, Unsafe.As<Array>(value).Length);

    public override object Create(GraphReader reader) => Allocate(reader.ReadLength(MinSize));

    public override void ReadBody(GraphReader reader, object value) => ReadItems(reader, Unsafe.As<Array>(value), Unsafe.As<Array>(value).Length);

    public virtual Array Allocate(int length) => Array.CreateInstanceFromArrayType(Type, length);

    /// <summary>Gets the array without elements that all empty lists share.</summary>
    public Array Empty => _empty ??= Allocate(0);

    public override IEnumerable<PathStep> Children(object value) => Children((Array)value, ((Array)value).Length);

    /// <summary>
    /// Returns the first <paramref name="count"/> elements; none of an array whose elements are their bytes, because they cannot be a culprit.
    /// </summary>
    public IEnumerable<PathStep> Children(Array array, int count)
    {
        for (var i = 0; i < count && !IsRaw; i++)
        {
            yield return new PathStep($"element [{i}]", array.GetValue(i));
        }
    }
}

/// <summary>
/// Arrays of element types that are known at compile time. They are allocated without zeroing, because every element is overwritten at once.
/// </summary>
internal sealed class KnownArrayCodec<T>() : ArrayCodec(typeof(T[]))
{
    public override Array Allocate(int length) => GC.AllocateUninitializedArray<T>(length);
}

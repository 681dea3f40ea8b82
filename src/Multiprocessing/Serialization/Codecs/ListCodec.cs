using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// List&lt;T&gt; and classes derived from it, without spare capacity. It reads and writes the list's own array, so no code is compiled per element
/// type.
/// </summary>
internal sealed class ListCodec : ObjectCodec
{
    private readonly ArrayCodec _array;
    private readonly FieldPlan? _own;
    private readonly int _items;
    private readonly int _size;

    /// <param name="type">The list's type.</param>
    /// <param name="list">The List&lt;T&gt; itself or the one that the type derives from.</param>
    public ListCodec(Type type, Type list)
        : base(type, CodecTraits.TwoPhase)
    {
        const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;
        var items = list.GetField("_items", Private)!;
        _array = (ArrayCodec)CodecTable.For(items.FieldType);
        _items = FieldOffsets.Of(items);
        _size = FieldOffsets.Of(list.GetField("_size", Private)!);
        _own = type == list ? null : FieldPlan.Of(type, stop: list);
        Callbacks = type == list ? null : SerializationCallbacks.Of(type);
    }

    public override void WriteBody(GraphWriter writer, object value)
    {
        ref var data = ref ObjectData.Of(value);
        var items = Unsafe.As<byte, Array>(ref Unsafe.Add(ref data, _items));

        // While another thread changes the list, its count may be larger than its array.
        var count = Math.Min(Unsafe.As<byte, int>(ref Unsafe.Add(ref data, _size)), items.Length);
        writer.Out.WriteVarint((uint)count);
        _array.WriteItems(writer, items, 0, count);
        _own?.Write(writer, ref data);
    }

    public override object Create(GraphReader reader)
    {
        var list = RuntimeHelpers.GetUninitializedObject(Type);

        // Code that uses the list before its body is read, such as a callback, must find an empty list.
        Unsafe.As<byte, Array>(ref Unsafe.Add(ref ObjectData.Of(list), _items)) = _array.Empty;
        return list;
    }

    public override void ReadBody(GraphReader reader, object value)
    {
        var count = reader.ReadLength(_array.MinSize);
        var items = count == 0 ? _array.Empty : _array.Allocate(count);
        ref var data = ref ObjectData.Of(value);
        Unsafe.As<byte, Array>(ref Unsafe.Add(ref data, _items)) = items;
        Unsafe.As<byte, int>(ref Unsafe.Add(ref data, _size)) = count;
        _array.ReadItems(reader, items, count);
        _own?.Read(reader, ref data);
    }

    public override IEnumerable<PathStep> Children(object value)
    {
        var items = Unsafe.As<byte, Array>(ref Unsafe.Add(ref ObjectData.Of(value), _items));
        return _array.Children(items, ((System.Collections.ICollection)value).Count).Concat(_own?.Children(value) ?? []);
    }
}

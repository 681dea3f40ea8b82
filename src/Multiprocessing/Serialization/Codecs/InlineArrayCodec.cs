using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Structs with [InlineArray] whose elements contain references.</summary>
internal sealed class InlineArrayCodec : ValueCodec
{
    private readonly FieldInfo _element;
    private readonly ValueCodec _codec;
    private readonly int _length;
    private readonly int _stride;

    public InlineArrayCodec(Type type, int length)
    {
        _element = FieldPlan.Declared(type)[0];
        _codec = For(_element.FieldType);
        _length = length;
        _stride = RuntimeHelpers.SizeOf(type.TypeHandle) / length;
    }

    public override void Write(GraphWriter writer, ref byte location)
    {
        for (var i = 0; i < _length; i++)
        {
            _codec.Write(writer, ref Unsafe.Add(ref location, i * _stride));
        }
    }

    public override void Read(GraphReader reader, ref byte location)
    {
        for (var i = 0; i < _length; i++)
        {
            _codec.Read(reader, ref Unsafe.Add(ref location, i * _stride));
        }
    }

    public override IEnumerable<PathStep> Children(object value)
    {
        for (var i = 0; i < _length && !_element.FieldType.IsValueType; i++)
        {
            yield return new PathStep($"element [{i}]", Unsafe.As<byte, object?>(ref Unsafe.Add(ref ObjectData.Of(value), i * _stride)));
        }
    }
}

using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Any class without a codec of its own: created without its constructor, and every field set.</summary>
internal sealed class PlainObjectCodec : ObjectCodec
{
    private readonly FieldPlan _plan;

    public PlainObjectCodec(Type type, SerializationCallbacks? callbacks)
        : base(type, CodecTraits.TwoPhase)
    {
        _plan = FieldPlan.Of(type);
        Callbacks = callbacks;
        ReportsBy = LinkableTypes.InterfaceOf(type);
    }

    public override Type? ReportsBy { get; }

    public override void WriteBody(GraphWriter writer, object value) => _plan.Write(writer, ref ObjectData.Of(value));

    public override object Create(GraphReader reader) => RuntimeHelpers.GetUninitializedObject(Type);

    public override void ReadBody(GraphReader reader, object value) => _plan.Read(reader, ref ObjectData.Of(value));

    public override Refusal? Refuse(object value, in WriteContext context) => _plan.Refuse(value);

    public override IEnumerable<PathStep> Children(object value) => _plan.Children(value);
}

/// <summary>A struct that holds references, in place.</summary>
internal sealed class StructCodec(Type type) : ValueCodec
{
    private readonly FieldPlan _plan = FieldPlan.Of(type);

    public override void Write(GraphWriter writer, ref byte place) => _plan.Write(writer, ref place);

    public override void Read(GraphReader reader, ref byte place) => _plan.Read(reader, ref place);

    public override IEnumerable<PathStep> Children(object value) => _plan.Children(value);
}

/// <summary>A boxed value. Boxes of bare values carry no identity that anybody could rely on; those of structs with references are tracked like objects.</summary>
internal sealed class BoxCodec(Type type, ValueCodec codec) : ObjectCodec(type, codec.RawSize > 0 ? CodecTraits.None : CodecTraits.TwoPhase)
{
    public override void WriteBody(GraphWriter writer, object value) => codec.Write(writer, ref ObjectData.Of(value));

    public override object Create(GraphReader reader) => RuntimeHelpers.GetUninitializedObject(Type);

    public override void ReadBody(GraphReader reader, object value) => codec.Read(reader, ref ObjectData.Of(value));

    public override Refusal? Refuse(object value, in WriteContext context) => codec.Refuse(value, in context);

    public override IEnumerable<PathStep> Children(object value) => codec.Children(value);
}

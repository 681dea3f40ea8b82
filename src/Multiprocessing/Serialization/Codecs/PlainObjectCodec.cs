using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Any class without a codec of its own: created without running a constructor, with every field set.</summary>
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

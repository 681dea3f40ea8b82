namespace Multiprocessing;

/// <summary>A struct that holds references, in place.</summary>
internal sealed class StructCodec(Type type) : ValueCodec
{
    private readonly FieldPlan _plan = FieldPlan.Of(type);

    public override void Write(GraphWriter writer, ref byte place) => _plan.Write(writer, ref place);

    public override void Read(GraphReader reader, ref byte place) => _plan.Read(reader, ref place);

    public override IEnumerable<PathStep> Children(object value) => _plan.Children(value);
}

namespace Multiprocessing;

/// <summary>Structs that contain references.</summary>
internal sealed class StructCodec(Type type) : ValueCodec
{
    private readonly FieldPlan _plan = FieldPlan.Of(type);

    public override void Write(GraphWriter writer, ref byte location) => _plan.Write(writer, ref location);

    public override void Read(GraphReader reader, ref byte location) => _plan.Read(reader, ref location);

    public override IEnumerable<PathStep> Children(object value) => _plan.Children(value);
}

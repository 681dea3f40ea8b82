using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A group of a query: its key and its elements. The hash code of the key and the references to other groups belong to the query and do not cross.
/// </summary>
internal sealed class GroupingCodec(Type type) : ObjectCodec(type, CodecTraits.TwoPhase)
{
    private readonly FieldPlan _plan = FieldPlan.Of(type, skip: static field => field.Name is "_hashNext" or "_next" or "_hashCode");

    public override void WriteBody(GraphWriter writer, object value) => _plan.Write(writer, ref ObjectData.Of(value));

    public override object Create(GraphReader reader) => RuntimeHelpers.GetUninitializedObject(Type);

    public override void ReadBody(GraphReader reader, object value) => _plan.Read(reader, ref ObjectData.Of(value));

    public override IEnumerable<PathStep> Children(object value) => _plan.Children(value);
}

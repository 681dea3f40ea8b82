namespace Multiprocessing;

/// <summary>The comparer by reference. It may compare strings and boxes, which cross as values unless the message keeps their identity.</summary>
internal sealed class ReferenceComparerCodec(Type type) : ObjectCodec(type, CodecTraits.None)
{
    public override void WriteHead(GraphWriter writer, object value) => writer.WantIdentity();

    public override object Create(GraphReader reader) => ReferenceEqualityComparer.Instance;
}

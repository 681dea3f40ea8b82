namespace Multiprocessing;

/// <summary>The comparer by reference. What it compares may be strings and boxes, which cross as values unless the message says that they have an identity.</summary>
internal sealed class ReferenceComparerCodec(Type type) : ObjectCodec(type, CodecTraits.None)
{
    public override void WriteHead(GraphWriter writer, object value) => writer.WantIdentity();

    public override object Create(GraphReader reader) => ReferenceEqualityComparer.Instance;
}

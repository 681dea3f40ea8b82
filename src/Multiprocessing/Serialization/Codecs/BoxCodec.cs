using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>A boxed value. Boxes of bare values carry no identity that anybody could rely on; those of structs with references are tracked like objects.</summary>
internal sealed class BoxCodec(Type type, ValueCodec codec) : ObjectCodec(type, codec.RawSize > 0 ? CodecTraits.None : CodecTraits.TwoPhase)
{
    public override void WriteBody(GraphWriter writer, object value) => codec.Write(writer, ref ObjectData.Of(value));

    public override object Create(GraphReader reader) => RuntimeHelpers.GetUninitializedObject(Type);

    public override void ReadBody(GraphReader reader, object value) => codec.Read(reader, ref ObjectData.Of(value));

    public override Refusal? Refuse(object value, in WriteContext context) => codec.Refuse(value, in context);

    public override IEnumerable<PathStep> Children(object value) => codec.Children(value);
}

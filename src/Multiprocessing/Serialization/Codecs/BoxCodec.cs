using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Boxed values. Boxes of structs with references are tracked like objects; boxes of other values have no identity in the other process.
/// </summary>
internal sealed class BoxCodec(Type type, ValueCodec codec) : ObjectCodec(type, codec.RawSize > 0 ? CodecTraits.None : CodecTraits.TwoPhase)
{
    public override void WriteBody(GraphWriter writer, object value) => codec.Write(writer, ref ObjectData.Of(value));

    public override object Create(GraphReader reader) => RuntimeHelpers.GetUninitializedObject(Type);

    public override void ReadBody(GraphReader reader, object value) => codec.Read(reader, ref ObjectData.Of(value));

    public override Refusal? Refuse(object value, in WriteContext context) => codec.Refuse(value, in context);

    public override IEnumerable<PathStep> Children(object value) => codec.Children(value);
}

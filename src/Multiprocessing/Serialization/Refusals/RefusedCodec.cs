using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Objects of a type that cannot cross.</summary>
internal sealed class RefusedCodec(Type type, string suggestion) : ObjectCodec(type, CodecTraits.None)
{
    private readonly Refusal _refusal = new(type, suggestion);

    public override void WriteHead(GraphWriter writer, object value) => throw new CannotCrossException(_refusal, value);

    public override object Create(GraphReader reader) => throw GraphReader.Torn();

    public override Refusal? Refuse(object value, in WriteContext context) => _refusal;
}

namespace Multiprocessing;

/// <summary>An object of this library that crosses by identity. It is tracked, so its handle is written once per message.</summary>
internal sealed class HandleCodec<T>(Type type) : ObjectCodec(type, CodecTraits.Tracked)
    where T : class, IProcessHandle<T>
{
    public override void WriteHead(GraphWriter writer, object value)
    {
        if (writer.Context.Links?.OfHandle(Type) is { } refusal)
        {
            throw new CannotCrossException(refusal, value);
        }

        ((T)value).WriteHandle(writer.Handles);
    }

    public override Refusal? Refuse(object value, in WriteContext context) => context.Links?.OfHandle(Type);

    public override object Create(GraphReader reader)
    {
        var handle = new HandleReader(reader);
        return T.ReadHandle(ref handle) ?? throw GraphReader.Torn();
    }
}

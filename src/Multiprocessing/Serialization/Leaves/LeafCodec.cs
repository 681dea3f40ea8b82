namespace Multiprocessing;

/// <summary>Objects that are created from a few values.</summary>
internal sealed class LeafCodec<T>(Type type, Action<GraphWriter, T> write, Func<GraphReader, T> read) : ObjectCodec(type, CodecTraits.Tracked)
    where T : class
{
    public override void WriteHead(GraphWriter writer, object value) => write(writer, (T)value);

    public override object Create(GraphReader reader) => read(reader);
}

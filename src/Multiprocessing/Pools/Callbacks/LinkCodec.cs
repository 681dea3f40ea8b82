namespace Multiprocessing;

/// <summary>Writes a link in place of an object. The reader creates the link's proxy by the proxy's own codec.</summary>
internal sealed class LinkCodec(Type proxy, Func<object, TaskLink> open) : ObjectCodec(proxy, CodecTraits.Tracked)
{
    public override void WriteHead(GraphWriter writer, object value) => open(value).WriteTo(writer.Handles);

    /// <summary>Not called: messages name the proxy's type.</summary>
    public override object Create(GraphReader reader) => throw GraphReader.Torn();
}

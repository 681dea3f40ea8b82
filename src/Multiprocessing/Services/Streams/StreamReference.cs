namespace Multiprocessing;

/// <summary>A reference of this process to a stream of another one. It is given back when the stream is collected.</summary>
internal sealed unsafe class StreamReference
{
    private StreamReference(CallChannel channel, long id)
    {
        Channel = channel;
        Id = id;
    }

    ~StreamReference() => LastResort.Finalize(this, static reference => reference.Channel.ReleaseLater(reference.Id, 1));

    public CallChannel Channel { get; }

    public long Id { get; }

    public static StreamReference? Read(CallChannel channel, ref byte* data, byte* end)
    {
        var id = WireReader.Read<long>(ref data, end);
        return id < 0 ? null : new StreamReference(channel, id);
    }
}

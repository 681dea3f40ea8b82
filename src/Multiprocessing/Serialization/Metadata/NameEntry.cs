namespace Multiprocessing;

/// <summary>A type or a member and the bytes that name it in a message.</summary>
internal sealed class NameEntry(object thing, byte[] blob, int wellKnown = -1)
{
    private ObjectCodec? _codec;
    private ObjectCodec? _registeredCodec;

    /// <summary>A <see cref="Type"/>, a member, a module or an assembly.</summary>
    public object Thing { get; } = thing;

    public byte[] Blob { get; } = blob;

    /// <summary>The one-byte name of the most common types, or -1.</summary>
    public int WellKnown { get; } = wellKnown;

    /// <summary>The codec that reads objects of this type.</summary>
    public ObjectCodec Codec => _codec ??= CodecTable.For(Thing as Type ?? throw GraphReader.Torn()).Unregistered;

    /// <summary>The codec that reads objects of this type that a registered serializer wrote.</summary>
    public ObjectCodec RegisteredCodec => _registeredCodec ??= CustomSerializers.Reader(Thing as Type ?? throw GraphReader.Torn());

    /// <summary>Whatever the codec of a delegate wants to keep with a method.</summary>
    public object? Attached { get; set; }
}

using System.Reflection;

namespace Multiprocessing;

/// <summary>A type or member with the bytes that name it in a message.</summary>
internal sealed class NameEntry(object symbol, byte[] blob, int wellKnown = -1)
{
    private ObjectCodec? _codec;
    private ObjectCodec? _registeredCodec;
    private object? _plugin;

    /// <summary>Gets the <see cref="Type"/>, member, module or assembly.</summary>
    public object Symbol { get; } = symbol;

    public byte[] Blob { get; } = blob;

    /// <summary>Gets the one-byte name of a common type, or -1.</summary>
    public int WellKnown { get; } = wellKnown;

    /// <summary>Gets the type, or that which declares the member.</summary>
    public Type Owner => Symbol as Type ?? (Symbol as MemberInfo)?.DeclaringType ?? Symbol.GetType();

    /// <summary>Gets the assembly of a plug-in that the name refers to, or <see langword="null"/>.</summary>
    public Assembly? Plugin => (_plugin ??= PluginNames.Of(Symbol) ?? (object)this) as Assembly;

    /// <summary>Gets the codec that reads objects of this type.</summary>
    public ObjectCodec Codec => _codec ??= CodecTable.For(Symbol as Type ?? throw GraphReader.Torn()).Unregistered;

    /// <summary>Gets the codec that reads objects of this type that a registered serializer wrote.</summary>
    public ObjectCodec RegisteredCodec => _registeredCodec ??= CustomSerializers.Reader(Symbol as Type ?? throw GraphReader.Torn());

    /// <summary>Gets or sets an object that a codec caches here: the delegate of a method, the instance of a serializer.</summary>
    public object? Attached { get; set; }
}

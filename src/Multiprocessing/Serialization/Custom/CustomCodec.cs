using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Objects of a type with an <see cref="IProcessSerializer{T}"/>: the name of the serializer, a length, the bytes.</summary>
/// <param name="serializer">The serializer that writes; <see langword="null"/> in a codec that only reads.</param>
/// <param name="isRegistered">Whether it was registered by <see cref="ProcessSerialization.Register{T, TSerializer}"/>; the reader may not have the
/// registration.</param>
internal sealed class CustomCodec<T>(NameEntry? serializer, bool isRegistered)
    : ObjectCodec(typeof(T), CodecTraits.Tracked | (isRegistered ? CodecTraits.Registered : CodecTraits.None))
    where T : class
{
    private ObjectCodec? _unregistered;

    public override ObjectCodec Unregistered => IsRegistered ? _unregistered ??= CodecTable.Create(Type, registered: false) : this;

    public override void WriteHead(GraphWriter writer, object value) => CustomFormat<T>.Write(writer, serializer!, (T)value);

    public override object Create(GraphReader reader) => CustomFormat<T>.Read(reader, IsRegistered);
}

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Objects of a type with an <see cref="IProcessSerializer{T}"/>: its name, a length, its bytes.</summary>
/// <param name="serializer">Who writes; null in a codec that only reads.</param>
/// <param name="isRegistered">By <see cref="ProcessSerialization.Register{T, TSerializer}"/>: the reading process may not know.</param>
internal sealed class CustomCodec<T>(NameEntry? serializer, bool isRegistered) : ObjectCodec(typeof(T), CodecTraits.Tracked | (isRegistered ? CodecTraits.Registered : CodecTraits.None))
    where T : class
{
    private ObjectCodec? _unregistered;

    public override ObjectCodec Unregistered => IsRegistered ? _unregistered ??= CodecTable.Create(Type, registered: false) : this;

    public override void WriteHead(GraphWriter writer, object value) => CustomFormat<T>.Write(writer, serializer!, (T)value);

    public override object Create(GraphReader reader) => CustomFormat<T>.Read(reader, IsRegistered);
}

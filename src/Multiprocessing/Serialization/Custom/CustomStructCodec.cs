using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Values of a struct with an <see cref="IProcessSerializer{T}"/>.</summary>
/// <remarks>Nothing in a message stands before a value, so one that was registered is listed at the beginning of the message.</remarks>
internal sealed class CustomStructCodec<T>(NameEntry serializer, Registration? registration) : ValueCodec
    where T : struct
{
    public override bool ReadsNamedSerializers => true;

    public override void Write(GraphWriter writer, ref byte place)
    {
        if (registration is not null)
        {
            writer.List(registration);
        }

        CustomFormat<T>.Write(writer, serializer, Unsafe.As<byte, T>(ref place));
    }

    public override void Read(GraphReader reader, ref byte place)
    {
        if (registration is not null && !reader.Lists(typeof(T)))
        {
            throw new SerializationException(
                $"{serializer.Thing} is registered for {typeof(T)} in process {Environment.ProcessId}, but the process that sent the message had written it without: register it in both, "
                + "for example in a [ModuleInitializer], or before the first value of the type is sent.");
        }

        Unsafe.As<byte, T>(ref place) = CustomFormat<T>.Read(reader);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Values of a struct with an <see cref="IProcessSerializer{T}"/>.</summary>
/// <remarks>No tag precedes a value in a message, so the head of the message lists the registrations.</remarks>
internal sealed class CustomStructCodec<T>(NameEntry serializer, Registration? registration) : ValueCodec
    where T : struct
{
    public override bool ReadsNamedSerializers => true;

    public override void Write(GraphWriter writer, ref byte location)
    {
        if (registration is not null)
        {
            writer.List(registration);
        }

        CustomFormat<T>.Write(writer, serializer, Unsafe.As<byte, T>(ref location));
    }

    public override void Read(GraphReader reader, ref byte location)
    {
        if (registration is not null && !reader.Lists(typeof(T)))
        {
            throw new SerializationException(
                $"Process {Environment.ProcessId} cannot read a {typeof(T)}: {serializer.Symbol} is registered for it here, but the sender of the "
                + "message wrote it without that serializer. "
                + "Register it in both processes before the first value of the type is sent, for example in a [ModuleInitializer].");
        }

        Unsafe.As<byte, T>(ref location) = CustomFormat<T>.Read(reader);
    }
}

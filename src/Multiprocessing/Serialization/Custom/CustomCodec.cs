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

internal static class CustomFormat<T>
{
    public static void Write(GraphWriter writer, NameEntry name, T value)
    {
        var serializer = Instance(name);
        var output = new ArrayBufferWriter<byte>();
        serializer.Write(value, output);
        writer.WriteName(name);
        writer.Out.WriteVarint((uint)output.WrittenCount);
        writer.Out.WriteBytes(output.WrittenSpan);
    }

    public static T Read(GraphReader reader, bool learns = false)
    {
        var name = reader.ReadName();
        if (learns && name.Thing is Type serializer)
        {
            // Values that arrive by a serializer also leave by it.
            CustomSerializers.Learn(typeof(T), serializer);
        }

        var data = reader.ReadSpan(reader.ReadLength());
        T value;
        try
        {
            value = Instance(name).Read(data);
        }
        catch (Exception error) when (error is not SerializationException)
        {
            throw new SerializationException($"A {typeof(T)} in the message could not be rebuilt: {name.Thing} threw {ExceptionText.OneLine(error)}", error);
        }

        return value ?? throw new SerializationException($"{name.Thing} rebuilt a {typeof(T)} as null.");
    }

    private static IProcessSerializer<T> Instance(NameEntry name)
    {
        var instance = name.Attached ??= Activator.CreateInstance(name.Thing as Type ?? throw GraphReader.Torn(), nonPublic: true);
        return instance as IProcessSerializer<T>
            ?? throw new InvalidOperationException($"{name.Thing} is named as the serializer of {typeof(T)} but does not implement IProcessSerializer<{typeof(T).Name}>.");
    }
}

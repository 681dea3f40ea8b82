using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Objects of a type with an <see cref="IProcessSerializer{T}"/>: its name, a length, its bytes.</summary>
internal sealed class CustomCodec<T>(NameEntry serializer) : ObjectCodec(typeof(T), CodecTraits.Tracked)
    where T : class
{
    public override void WriteHead(GraphWriter writer, object value) => CustomFormat<T>.Write(writer, serializer, (T)value);

    public override object Create(GraphReader reader) => CustomFormat<T>.Read(reader);
}

/// <summary>Values of a struct with an <see cref="IProcessSerializer{T}"/>.</summary>
internal sealed class CustomStructCodec<T>(NameEntry serializer) : ValueCodec
    where T : struct
{
    public override void Write(GraphWriter writer, ref byte place) => CustomFormat<T>.Write(writer, serializer, Unsafe.As<byte, T>(ref place));

    public override void Read(GraphReader reader, ref byte place) => Unsafe.As<byte, T>(ref place) = CustomFormat<T>.Read(reader);
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

    public static T Read(GraphReader reader)
    {
        var name = reader.ReadName();
        var data = reader.ReadSpan(reader.ReadLength());
        T value;
        try
        {
            value = Instance(name).Read(data);
        }
        catch (Exception error) when (error is not SerializationException)
        {
            throw new SerializationException($"A {typeof(T)} in the message could not be rebuilt: {name.Thing} threw {error.GetType()}: {error.Message}", error);
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

using System.Buffers;
using System.Runtime.Serialization;

namespace Multiprocessing;

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

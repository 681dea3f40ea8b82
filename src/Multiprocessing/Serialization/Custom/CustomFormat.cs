using System.Runtime.Serialization;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Values that an <see cref="IProcessSerializer{T}"/> writes and reads.</summary>
internal static class CustomFormat<T>
{
    public static void Write(GraphWriter writer, NameEntry name, T value)
    {
        var serializer = Instance(name);
        writer.WriteName(name);
        var length = writer.Out.ReserveLength();
        var start = writer.Out.Length;
        var output = new CustomOutput(writer.Out);
        try
        {
            serializer.Write(value, output);
        }
        finally
        {
            output.End();
        }

        var written = writer.Out.Length - start;
        if (written > Array.MaxLength)
        {
            throw new InvalidOperationException(
                $"{name.Symbol} wrote {written} bytes for one {typeof(T)}; at most {Array.MaxLength} bytes can be read. Send it in parts.");
        }

        length.Set((int)written);
    }

    public static T Read(GraphReader reader, bool adoptsRegistration = false)
    {
        var name = reader.ReadName();
        if (adoptsRegistration && name.Symbol is Type serializer)
        {
            // This process then also writes values of the type with the serializer.
            CustomSerializers.Adopt(typeof(T), serializer);
        }

        var length = reader.Read<int>();
        var data = reader.ReadSpan(length >= 0 ? length : throw GraphReader.Torn());
        T value;
        try
        {
            value = Instance(name).Read(data);
        }
        catch (Exception error) when (error is not SerializationException)
        {
            throw new SerializationException(
                $"Process {Environment.ProcessId} could not rebuild a {typeof(T)} from a message: its serializer {name.Symbol} threw "
                + $"{ExceptionText.OneLine(error)}", error);
        }

        return value ?? throw new SerializationException(
            $"Process {Environment.ProcessId} could not rebuild a {typeof(T)} from a message: its serializer {name.Symbol} returned null.");
    }

    private static IProcessSerializer<T> Instance(NameEntry name)
    {
        if (NativeProgram.Is)
        {
            throw NativeProgram.HasNoNames();
        }

        var instance = name.Attached ??= Activator.CreateInstance(name.Symbol as Type ?? throw GraphReader.Torn(), nonPublic: true);
        return instance as IProcessSerializer<T>
            ?? throw new InvalidOperationException(
                $"{name.Symbol} is named as the serializer of {typeof(T)}, but does not implement IProcessSerializer<{typeof(T).Name}>.");
    }
}

using System.Buffers;
using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>
/// Values between different programs: only types that both registered. Simple values are their bytes, least significant first; all others are JSON
/// with its length before it. Nothing in a message chooses a type, and no count in a message is trusted beyond the bytes that are there.
/// </summary>
internal sealed unsafe class RegisteredPayload(RegisteredTypes types) : PayloadFormat
{
    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _text;

    public RegisteredTypes Types => types;

    public override bool IsSameBuild => false;

    public override void Write<T>(MessageBuffer buffer, T value, string name)
    {
        if (SimplePayload.TryWrite(buffer, value))
        {
            return;
        }

        if (typeof(T).IsValueType && value is IPayloadParts parts)
        {
            parts.Write(this, buffer, name);
            return;
        }

        WriteJson(buffer, value, InfoOf<T>(name), name);
    }

    public override T Read<T>(ref byte* data, byte* end, string name)
    {
        if (SimplePayload.TryRead<T>(ref data, end, name, out var value))
        {
            return value;
        }

        if (typeof(T).IsValueType && default(T) is IPayloadParts parts)
        {
            parts.Read(this, ref data, end, name);
            return (T)parts;
        }

        return ReadJson(ref data, end, InfoOf<T>(name), name);
    }

    /// <summary>Throws unless values of a type may cross.</summary>
    /// <exception cref="NotSerializableException">The type, or one of its members, is not registered.</exception>
    public void Require<T>(string name)
    {
        if (!SimpleTypes.Has(typeof(T)))
        {
            InfoOf<T>(name);
        }
    }

    public override void WriteAny(MessageBuffer buffer, object? value, string name)
    {
        if (value is null)
        {
            SimplePayload.TryWrite(buffer, "");
            return;
        }

        var type = types.Find(value.GetType()) ?? throw Refuse(
            name, new(
                null, "", value.GetType(),
                RegisteredTypes.NeverCrosses(value.GetType()) ?? RegisteredTypes.HowToRegister(value.GetType())));
        SimplePayload.TryWrite(buffer, type.Name);
        type.Write(this, buffer, value, name);
    }

    public override object? ReadAny(ref byte* data, byte* end, string name)
    {
        SimplePayload.TryRead<string>(ref data, end, name, out var typeName);
        if (string.IsNullOrEmpty(typeName))
        {
            return null;
        }

        var type = types.Find(typeName)
            ?? throw new SerializationException(
                $"The message has a {name} of the type \"{TextLimits.Cut(typeName, 200)}\", which is not registered in this program.");
        return type.Read(this, ref data, end, name);
    }

    public override void WriteException(MessageBuffer buffer, Exception exception) => RegisteredException.Write(buffer, exception);

    public override Exception ReadException(byte* data, byte* end) => RegisteredException.Read(data, end);

    private JsonTypeInfo<T> InfoOf<T>(string name)
    {
        var check = types.Check(typeof(T));
        return check.Culprit is null ? (JsonTypeInfo<T>)check.Info! : throw Refuse(name, check);
    }

    private static NotSerializableException Refuse(string name, TypeCheck check) =>
        new($"{name}{check.Path} ({check.Culprit})", check.Culprit!, check.Suggestion);

    private static void WriteJson<T>(MessageBuffer buffer, T value, JsonTypeInfo<T> info, string name)
    {
        var text = _text ??= new ArrayBufferWriter<byte>(1024);
        var writer = _writer ??= new Utf8JsonWriter(text, new JsonWriterOptions { SkipValidation = true, MaxDepth = 1000 });
        (_text, _writer) = (null, null); // a getter of the program may send a message of its own
        try
        {
            writer.Reset(text);
            JsonSerializer.Serialize(writer, value, info);
            writer.Flush();
            buffer.WriteVarint((uint)text.WrittenCount);
            buffer.WriteBytes(text.WrittenSpan);
        }
        catch (JsonException error)
        {
            throw new NotSerializableException(
                name, typeof(T),
                $"it cannot be written as JSON: {error.Message} Cycles and values deeper than MaxDepth do not cross between programs.");
        }
        finally
        {
            if (text.Capacity <= 64 * 1024)
            {
                text.ResetWrittenCount();
                writer.Reset(text);
                (_text, _writer) = (text, writer);
            }
        }
    }

    private static T ReadJson<T>(ref byte* data, byte* end, JsonTypeInfo<T> info, string name)
    {
        var length = SimplePayload.ReadLength(ref data, end, name);
        var reader = new Utf8JsonReader(
            new ReadOnlySpan<byte>(data, length), new JsonReaderOptions { MaxDepth = info.Options.MaxDepth });
        data += length;
        try
        {
            var value = JsonSerializer.Deserialize(ref reader, info);
            return reader.Read() ? throw SimplePayload.Torn(name) : value!;
        }
        catch (SerializationException)
        {
            throw;
        }
        catch (Exception error)
        {
            // Setters and constructors of registered types are code of the program, and may throw anything for values that it does not expect.
            throw new SerializationException($"A {typeof(T)} in a message ({name}) could not be rebuilt: {ExceptionText.Message(error)}", error);
        }
    }
}

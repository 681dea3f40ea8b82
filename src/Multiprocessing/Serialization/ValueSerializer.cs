using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// Writes values and delegates to messages and reads them. Both processes run the same build on the same machine, so a message contains no schema.
/// </summary>
internal static class ValueSerializer
{
    /// <summary>Appends <paramref name="value"/> to <paramref name="buffer"/>.</summary>
    /// <param name="buffer">The message.</param>
    /// <param name="value">The value. Its runtime type may be derived from <typeparamref name="T"/>.</param>
    /// <param name="root">The name of the value in the path of a refusal, such as <c>item</c> or <c>argument 2</c>.</param>
    /// <param name="context">What the message is written for, if not for any process.</param>
    /// <exception cref="NotSerializableException">Something in the value cannot cross. The message is as it was before the call.</exception>
    public static void Serialize<T>(MessageBuffer buffer, T value, string root, WriteContext context = default)
    {
        if (ValueSerializer<T>.IsRaw)
        {
            buffer.WriteBytes(ref Unsafe.As<T, byte>(ref value), (nuint)Unsafe.SizeOf<T>());
            return;
        }

        if (context.Links is null && buffer.Links is { } links)
        {
            context = new WriteContext(links);
        }

        var writer = buffer.Writer;
        writer.Begin(in context);
        var mark = buffer.Mark();
        try
        {
            MessageHead<T>.Write(writer);
            LocationCodec<T>.Write(writer, ref value);
            writer.WriteLater();
            if (writer.NeedsHead)
            {
                // The reader needs the head first, and what belongs in it was met only now. This is rare enough to write the message twice.
                writer.Serialized();
                buffer.RollBack(mark);
                writer.Restart();
                MessageHead<T>.Write(writer);
                LocationCodec<T>.Write(writer, ref value);
                writer.WriteLater();
            }

            writer.Serialized();
        }
        catch (CannotCrossException error)
        {
            buffer.RollBack(mark);
            var (path, refusal) = PathFinder.Find(value!, root, error, in context);
            throw new NotSerializableException(path, refusal.Culprit, refusal.Suggestion);
        }
        catch
        {
            buffer.RollBack(mark);
            throw;
        }
        finally
        {
            writer.End();
        }
    }

    /// <summary>Reads one value and moves <paramref name="data"/> behind it.</summary>
    /// <exception cref="SerializationException">The bytes are no message, or an object in it could not be rebuilt.</exception>
    public static unsafe T Deserialize<T>(ref byte* data, byte* end, ReadContext? context = null)
    {
        if (ValueSerializer<T>.IsRaw)
        {
            if (end - data < Unsafe.SizeOf<T>())
            {
                throw GraphReader.Torn();
            }

            var raw = Unsafe.ReadUnaligned<T>(data);
            data += Unsafe.SizeOf<T>();
            return raw;
        }

        var reader = GraphReader.Rent();
        try
        {
            reader.Begin(data, end, context);
            MessageHead<T>.Read(reader);
            T value = default!;
            LocationCodec<T>.Read(reader, ref value);
            reader.ReadLater();
            data = reader.Position;
            return value;
        }
        catch (Exception error)
        {
            reader.Abandon();
            if (error is SerializationException)
            {
                throw;
            }

            throw new SerializationException(
                $"A {typeof(T)} in a message could not be rebuilt in this process: {ExceptionText.Message(error)}", error);
        }
        finally
        {
            reader.Return();
        }
    }

    /// <summary>Selects and compiles the code for values of this static type before there is a value.</summary>
    public static void Prepare<T>()
    {
        if (ValueSerializer<T>.IsRaw)
        {
            using var buffer = MessageBuffer.Rent();
            Serialize(buffer, default(T)!, "");
        }
        else if (typeof(T) is { IsAbstract: false, ContainsGenericParameters: false })
        {
            _ = CodecTable.For(typeof(T));
        }
    }
}

/// <summary>What is known about a type, determined once per process.</summary>
internal static class ValueSerializer<T>
{
    /// <summary>The value is its bytes: queues copy its memory, without a <see cref="MessageBuffer"/>.</summary>
    public static readonly bool IsRaw = LocationCodec<T>.IsRaw;
}

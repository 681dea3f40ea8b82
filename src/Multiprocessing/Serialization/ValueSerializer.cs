using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>How values and delegates cross. Both ends are the same build on the same machine, so the format carries no schema.</summary>
internal static class ValueSerializer
{
    /// <summary>Appends <paramref name="value"/> to <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="value">What; its static type is <typeparamref name="T"/>, its runtime type may be derived.</param>
    /// <param name="root">How a refusal names the root of the path, such as <c>item</c> or <c>argument 2</c>.</param>
    /// <param name="context">What the message is written for, if not for any process.</param>
    /// <exception cref="NotSerializableException">Something in it cannot cross; nothing was appended that would have to be cancelled.</exception>
    public static void Serialize<T>(MessageBuffer buffer, T value, string root, WriteContext context = default)
    {
        if (ValueSerializer<T>.IsRaw)
        {
            buffer.WriteBytes(ref Unsafe.As<T, byte>(ref value), (nuint)Unsafe.SizeOf<T>());
            return;
        }

        var writer = buffer.Writer;
        writer.Begin(in context);
        var mark = buffer.Mark();
        try
        {
            MessageHead<T>.Write(writer);
            Place<T>.Write(writer, ref value);
            writer.WriteLater();
            if (writer.NeedsHead)
            {
                // The reader has to know first what was met only now. Rare enough to write it twice.
                writer.Serialized();
                buffer.RollBack(mark);
                writer.Restart();
                MessageHead<T>.Write(writer);
                Place<T>.Write(writer, ref value);
                writer.WriteLater();
            }

            writer.Serialized();
        }
        catch (CannotCrossException error)
        {
            buffer.RollBack(mark);
            var (path, refusal) = PathFinder.Find(value!, root, error, in context);
            throw new NotSerializableException(path, refusal.Culprit, refusal.WayOut);
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

    /// <summary>Reads one value; <paramref name="data"/> moves behind it.</summary>
    /// <exception cref="SerializationException">The bytes make no sense, or something in the message failed to be rebuilt.</exception>
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
            Place<T>.Read(reader, ref value);
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

            throw new SerializationException($"A {typeof(T)} in a message could not be rebuilt in this process: {ExceptionText.Message(error)}", error);
        }
        finally
        {
            reader.Return();
        }
    }

    /// <summary>Decides how values of this static type cross, and compiles it, before there is one.</summary>
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

/// <summary>Facts about a type that are decided once.</summary>
internal static class ValueSerializer<T>
{
    /// <summary>The value is its bytes: queues copy it as it lies in memory, without a <see cref="MessageBuffer"/>.</summary>
    public static readonly bool IsRaw = Place<T>.IsRaw;
}

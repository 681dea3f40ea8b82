using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Rebuilds the value in a received message.</summary>
internal static unsafe class MessageValue
{
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    /// <exception cref="SerializationException">The value could not be rebuilt.</exception>
    public static T? Read<T>(ReceivedMessage message, ulong tag)
    {
        var data = message.Data;
        var value = PipeMessage.KindOf(tag) is MessageKind.Raw
            ? ReadRaw(data, message.Length)
            : ValueSerializer.Deserialize<object?>(ref data, message.End);
        return value switch
        {
            T typed => typed,
            null when default(T) is null => default,
            _ => throw new InvalidCastException(
                $"The received value is {(value is null ? "null" : $"a {value.GetType()}")}, and Receive<{typeof(T)}> was called. Receive it as that "
                + "type, or as object."),
        };
    }

    /// <summary>Copies an unmanaged value into a box. The name of its type and the length of that name follow the value.</summary>
    private static object ReadRaw(byte* data, long length)
    {
        var nameLength = length < sizeof(int) ? -1 : Unsafe.ReadUnaligned<int>(data + length - sizeof(int));
        var size = length - sizeof(int) - nameLength;
        if (nameLength > 0 && size > 0)
        {
            var name = data + size;
            var type = ValueSerializer.Deserialize<Type>(ref name, name + nameLength);
            if (type.IsValueType && ValueCodec.For(type).RawSize == size)
            {
                var box = RuntimeHelpers.GetUninitializedObject(type);
                Unsafe.CopyBlockUnaligned(ref ObjectData.Of(box), ref *data, (uint)size);
                return box;
            }
        }

        throw GraphReader.Torn();
    }
}

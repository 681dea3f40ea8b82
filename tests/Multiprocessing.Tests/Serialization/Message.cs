namespace Multiprocessing.Tests.Serialization;

/// <summary>Takes values through a message and back, as if it went to another process.</summary>
internal static class Message
{
    public static T RoundTrip<T>(T value) => Read<T>(Write(value));

    public static byte[] Write<T>(T value, string root = "item")
    {
        using var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, value, root);
        var bytes = Bytes(buffer);
        buffer.MarkSent();
        return bytes;
    }

    public static unsafe T Read<T>(byte[] message)
    {
        fixed (byte* start = message)
        {
            var at = start;
            var value = ValueSerializer.Deserialize<T>(ref at, start + message.Length);
            if (at != start + message.Length)
            {
                throw new InvalidOperationException($"{start + message.Length - at} bytes were left.");
            }

            return value;
        }
    }

    public static unsafe byte[] Bytes(MessageBuffer buffer)
    {
        var bytes = new byte[buffer.Length];
        fixed (byte* start = bytes)
        {
            buffer.CopyTo(start);
        }

        return bytes;
    }

    public static Exception RoundTripException(Exception exception) => ReadException(WriteException(exception));

    public static byte[] WriteException(Exception exception)
    {
        using var buffer = MessageBuffer.Rent();
        ExceptionMessage.Write(buffer, exception);
        return Bytes(buffer);
    }

    public static unsafe Exception ReadException(byte[] bytes)
    {
        fixed (byte* start = bytes)
        {
            var at = start;
            return ExceptionMessage.Read(ref at, start + bytes.Length);
        }
    }

    public static NotSerializableException Refused<T>(T value, string root = "item") =>
        Shouldly.Should.Throw<NotSerializableException>(() => Write(value, root));
}

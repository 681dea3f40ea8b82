using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// The simple values of a message between programs: numbers and times as their bytes, least significant first; texts and byte arrays with their
/// length before them, 0 for null. Every value that is read is checked: no bytes make an object that the type does not allow.
/// </summary>
internal static unsafe class SimplePayload
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>Writes a value of a simple type. The comparisons of types are constants for the compiler.</summary>
    public static bool TryWrite<T>(MessageBuffer buffer, T value)
    {
        if (IsRaw<T>())
        {
            buffer.WriteBytes(ref Unsafe.As<T, byte>(ref value), (nuint)Unsafe.SizeOf<T>());
            return true;
        }

        if (typeof(T) == typeof(string))
        {
            WriteText(buffer, (string?)(object?)value);
            return true;
        }

        if (typeof(T) == typeof(byte[]))
        {
            var bytes = (byte[]?)(object?)value;
            buffer.WriteVarint(bytes is null ? 0 : (ulong)bytes.Length + 1);
            buffer.WriteBytes(bytes);
            return true;
        }

        if (typeof(T) == typeof(DateTime))
        {
            buffer.Write(((DateTime)(object)value!).Ticks);
            buffer.Write((byte)((DateTime)(object)value!).Kind);
            return true;
        }

        if (typeof(T) == typeof(DateTimeOffset))
        {
            var time = (DateTimeOffset)(object)value!;
            buffer.Write(time.Ticks);
            buffer.Write((short)time.TotalOffsetMinutes);
            return true;
        }

        return false;
    }

    public static bool TryRead<T>(ref byte* data, byte* end, string name, out T value)
    {
        if (IsRaw<T>())
        {
            value = ReadRaw<T>(ref data, end, name);
            if (typeof(T) == typeof(bool) && Unsafe.As<T, byte>(ref value) > 1)
            {
                throw Torn(name);
            }

            return true;
        }

        if (typeof(T) == typeof(string))
        {
            value = (T)(object)ReadText(ref data, end, name)!;
            return true;
        }

        if (typeof(T) == typeof(byte[]))
        {
            value = (T)(object)ReadBytes(ref data, end, name)!;
            return true;
        }

        if (typeof(T) == typeof(DateTime))
        {
            var ticks = ReadRaw<long>(ref data, end, name);
            var kind = ReadRaw<byte>(ref data, end, name);
            value = (ulong)ticks <= (ulong)DateTime.MaxValue.Ticks && kind <= (byte)DateTimeKind.Local
                ? (T)(object)new DateTime(ticks, (DateTimeKind)kind)
                : throw Torn(name);
            return true;
        }

        if (typeof(T) == typeof(DateTimeOffset))
        {
            value = (T)(object)ReadTime(ref data, end, name);
            return true;
        }

        value = default!;
        return false;
    }

    /// <summary>Reads the number of the bytes that follow.</summary>
    /// <exception cref="SerializationException">There are fewer.</exception>
    public static int ReadLength(ref byte* data, byte* end, string name) =>
        ReadCount(ref data, end, name) is var length && length <= end - data ? (int)length : throw Torn(name);

    /// <summary>Reads a number of parts. Each takes a byte at least, so more than the rest of the message has bytes is torn.</summary>
    public static long ReadCount(ref byte* data, byte* end, string name)
    {
        ulong value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = ReadRaw<byte>(ref data, end, name);
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value <= int.MaxValue ? (long)value : throw Torn(name);
            }
        }

        throw Torn(name);
    }

    public static SerializationException Torn(string name) =>
        new($"The bytes of the {name} in a message are no such value. Do both programs use the same version of the contract?");

    private static bool IsRaw<T>() =>
        typeof(T) == typeof(bool) || typeof(T) == typeof(byte) || typeof(T) == typeof(sbyte) || typeof(T) == typeof(short)
        || typeof(T) == typeof(ushort) || typeof(T) == typeof(int) || typeof(T) == typeof(uint) || typeof(T) == typeof(long)
        || typeof(T) == typeof(ulong) || typeof(T) == typeof(char)
        || typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Guid) || typeof(T) == typeof(TimeSpan);

    private static void WriteText(MessageBuffer buffer, string? text)
    {
        if (text is null)
        {
            buffer.WriteVarint(0);
            return;
        }

        var most = Utf8.GetMaxByteCount(text.Length);
        if (most <= 512)
        {
            Span<byte> bytes = stackalloc byte[512];
            var length = Utf8.GetBytes(text, bytes);
            buffer.WriteVarint((ulong)length + 1);
            buffer.WriteBytes(bytes[..length]);
            return;
        }

        var encoded = Utf8.GetBytes(text);
        buffer.WriteVarint((ulong)encoded.Length + 1);
        buffer.WriteBytes(encoded);
    }

    private static string? ReadText(ref byte* data, byte* end, string name)
    {
        var length = ReadCount(ref data, end, name) - 1;
        if (length < 0)
        {
            return null;
        }

        if (length > end - data)
        {
            throw Torn(name);
        }

        var text = Utf8.GetString(data, (int)length);
        data += length;
        return text;
    }

    private static byte[]? ReadBytes(ref byte* data, byte* end, string name)
    {
        var length = ReadCount(ref data, end, name) - 1;
        if (length < 0)
        {
            return null;
        }

        if (length > end - data)
        {
            throw Torn(name);
        }

        var bytes = new ReadOnlySpan<byte>(data, (int)length).ToArray();
        data += length;
        return bytes;
    }

    private static DateTimeOffset ReadTime(ref byte* data, byte* end, string name)
    {
        var ticks = ReadRaw<long>(ref data, end, name);
        var minutes = ReadRaw<short>(ref data, end, name);
        try
        {
            return new DateTimeOffset(ticks, TimeSpan.FromMinutes(minutes));
        }
        catch (ArgumentException)
        {
            throw Torn(name);
        }
    }

    private static T ReadRaw<T>(ref byte* data, byte* end, string name)
    {
        if (end - data < Unsafe.SizeOf<T>())
        {
            throw Torn(name);
        }

        var value = Unsafe.ReadUnaligned<T>(data);
        data += Unsafe.SizeOf<T>();
        return value;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// A string as its UTF-16 units. Short strings are written wherever they occur. Long ones are numbered, so that a thousand references to a string of
/// a megabyte take one megabyte.
/// </summary>
internal static class StringFormat
{
    private const int TrackFrom = 1024;

    // 0 is null, 1 a long string that was written earlier, n + 2 a string of n units.
    private const int Back = 1;
    private const int Lengths = 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(GraphWriter writer, string? value)
    {
        var output = writer.Out;
        if (value is null)
        {
            output.WriteByte(0);
            return;
        }

        if ((value.Length >= TrackFrom || writer.KeepsIdentity) && !writer.TryNumber(value, out var number))
        {
            output.WriteByte(Back);
            output.WriteVarint((uint)number);
            return;
        }

        output.WriteVarint((uint)value.Length + Lengths);
        output.WriteBytes(ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(value.AsSpan())), (nuint)value.Length * sizeof(char));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static string? Read(GraphReader reader)
    {
        var header = reader.ReadVarint();
        if (header < Lengths)
        {
            return header == 0 ? null : reader.ReadKnown() as string ?? throw GraphReader.Torn();
        }

        if (header - Lengths > int.MaxValue / 4)
        {
            throw GraphReader.Torn();
        }

        var length = (int)(header - Lengths);
        var value = reader.ReadUtf16(length);
        if (length >= TrackFrom || reader.KeepsIdentity)
        {
            reader.Register(value);
        }

        return value;
    }
}

/// <summary>A location that is declared as string.</summary>
internal sealed class StringValueCodec : ValueCodec
{
    public override void Write(GraphWriter writer, ref byte location) => StringFormat.Write(writer, Unsafe.As<byte, string?>(ref location));

    public override void Read(GraphReader reader, ref byte location) => Unsafe.As<byte, string?>(ref location) = StringFormat.Read(reader);
}

/// <summary>A string in a location that is declared as another type.</summary>
internal sealed class StringObjectCodec() : ObjectCodec(typeof(string), CodecTraits.None)
{
    public override void WriteHead(GraphWriter writer, object value) => StringFormat.Write(writer, (string)value);

    public override object Create(GraphReader reader) => StringFormat.Read(reader) ?? throw GraphReader.Torn();
}

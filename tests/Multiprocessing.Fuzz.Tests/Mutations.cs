using CsCheck;

namespace Multiprocessing.Fuzz.Tests;

/// <summary>Changes of recorded bytes, as a broken or hostile sender would make them.</summary>
internal static class Mutations
{
    private static readonly byte[] Interesting = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, (byte)'{', (byte)'}', (byte)'#'];

    /// <summary>One change: kind, place in thousandths of the length, and a value.</summary>
    private static readonly Gen<(int Kind, int Place, byte Value, int Count)> One =
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 999], Gen.OneOf(Gen.Byte, Gen.Int[0, Interesting.Length - 1].Select(static at => Interesting[at])), Gen.Int[1, 16]);

    private static readonly Gen<(int Kind, int Place, byte Value, int Count)[]> Several = One.Array[0, 6];

    /// <summary>Generates changed copies; some of them are unchanged.</summary>
    public static Gen<byte[]> Of(byte[] original) => Several.Select(changes => changes.Aggregate(original, Apply));

    private static byte[] Apply(byte[] bytes, (int Kind, int Place, byte Value, int Count) change)
    {
        var at = bytes.Length * change.Place / 1000;
        var count = Math.Min(change.Count, bytes.Length - at);
        switch (change.Kind)
        {
            case 0 when bytes.Length > 0: // another byte
                bytes = [.. bytes];
                bytes[at] = change.Value;
                return bytes;
            case 1 when bytes.Length > 0: // one bit
                bytes = [.. bytes];
                bytes[at] ^= (byte)(1 << (change.Value & 7));
                return bytes;
            case 2: // bytes missing
                return [.. bytes[..at], .. bytes[(at + count)..]];
            case 3: // bytes more
                return [.. bytes[..at], .. Enumerable.Repeat(change.Value, change.Count), .. bytes[at..]];
            case 4: // the end missing
                return bytes[..at];
            case 5: // a part twice
                return [.. bytes[..(at + count)], .. bytes[at..]];
            default: // a number of four bytes
                return bytes.Length - at < 4 ? bytes : [.. bytes[..at], change.Value, change.Value, change.Value, (byte)change.Count, .. bytes[(at + 4)..]];
        }
    }
}

using System.Buffers.Binary;

namespace Multiprocessing.Fuzz;

/// <summary>
/// Frames in pieces of any size: what is assembled is what the rules of the protocol say, and nothing is allocated beyond the limit. The first byte of an
/// input chooses the sizes of the pieces.
/// </summary>
internal sealed class FrameTarget(byte[] seed) : FuzzTarget
{
    private const long Limit = 20_000;

    public static byte[] Recorded { get; } =
    [
        7, .. Frame(0), .. Frame(5), .. Frame(1), .. Frame(4096), .. Frame(4092), .. Frame(9000),
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3,
        .. Frame(19_999),
    ];

    public override IReadOnlyList<byte[]> Seeds { get; } = [seed];

    public override void Run(byte[] input)
    {
        var bytes = input.AsSpan(Math.Min(1, input.Length)).ToArray();
        var expected = Expected(bytes);
        var actual = Assembled(bytes, Pieces(input.Length > 0 ? input[0] : 0));
        if (expected != actual)
        {
            throw new InvalidOperationException($"expected {expected}, but was {actual}");
        }
    }

    /// <summary>No pieces, small ones, or those that end about where buffers do.</summary>
    private static int[] Pieces(int choice)
    {
        var random = new Random(choice);
        var largest = (choice % 3) switch { 0 => 9, 1 => 200, _ => 6000 };
        return [.. Enumerable.Range(0, choice % 9).Select(_ => random.Next(1, largest))];
    }

    /// <summary>The lengths and sums of the messages, and how the stream ends.</summary>
    private static string Expected(byte[] bytes)
    {
        var text = new System.Text.StringBuilder();
        var rest = bytes.AsSpan();
        while (rest.Length >= 4)
        {
            long length = BinaryPrimitives.ReadInt32BigEndian(rest);
            var header = 4;
            if (length == -1)
            {
                if (rest.Length < 12)
                {
                    break;
                }

                length = BinaryPrimitives.ReadInt64BigEndian(rest[4..]);
                header = 12;
            }

            if (length < 0)
            {
                return text.Append("garbage").ToString();
            }

            if (length > Limit)
            {
                return text.Append($"too large {length}").ToString();
            }

            if (rest.Length - header < length)
            {
                break;
            }

            text.Append($"{length}:{Sum(rest.Slice(header, (int)length))} ");
            rest = rest[(header + (int)length)..];
        }

        return text.Append(rest.Length == 0 ? "end" : "torn").ToString();
    }

    private static string Assembled(byte[] bytes, int[] pieces)
    {
        using var assembler = new FrameAssembler(new MemoryLink(bytes, pieces), Limit);
        using var message = ReceivedMessage.Rent();
        var text = new System.Text.StringBuilder();
        for (var steps = 0; steps < (bytes.Length * 2) + 20; steps++)
        {
            switch (assembler.Advance(long.MaxValue))
            {
                case FrameState.Complete:
                    assembler.Take(message);
                    text.Append($"{message.Length}:{Sum(message.Span)} ");
                    if (message.Capacity > 4 * 64 * 1024)
                    {
                        throw new InvalidOperationException($"{message.Capacity} bytes for a message of {message.Length}");
                    }

                    break;
                case FrameState.TooLarge:
                    return text.Append($"too large {assembler.Length}").ToString();
                case FrameState.End:
                    return text.Append(assembler.Error is InvalidDataException ? "garbage" : assembler.Trouble is null ? "end" : "torn").ToString();
            }
        }

        throw new InvalidOperationException("It does not end.");
    }

    private static long Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0L;
        foreach (var value in bytes)
        {
            sum = (sum * 31) + value;
        }

        return sum;
    }

    private static byte[] Frame(int length)
    {
        var frame = new byte[4 + length];
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        new Random(length).NextBytes(frame.AsSpan(4));
        return frame;
    }
}

using System.Buffers;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

/// <summary>What a serializer of the program may do with its output: every way of an IBufferWriter, of any size, and only during the call.</summary>
public class SerializerOutputTests
{
    [ProcessSerializer(typeof(PagesSerializer))]
    public sealed class Pages(int[] sizes, PagesSerializer.Way way)
    {
        public int[] Sizes => sizes;

        public PagesSerializer.Way Way => way;

        public byte[] Received { get; set; } = [];
    }

    public sealed class PagesSerializer : IProcessSerializer<Pages>
    {
        public enum Way
        {
            Span,
            SpanOfHint,
            Memory,
            Write,
            WriteMemory,
            All,
        }

        public void Write(Pages value, IBufferWriter<byte> output)
        {
            for (var i = 0; i < value.Sizes.Length; i++)
            {
                Write(Page(i, value.Sizes[i]), value.Way == Way.All ? (Way)(i % 5) : value.Way, output);
            }
        }

        public Pages Read(ReadOnlySpan<byte> data) => new([], Way.Span) { Received = data.ToArray() };

        internal static byte[] Page(int number, int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(number + i))];

        private static void Write(byte[] page, Way way, IBufferWriter<byte> output)
        {
            switch (way)
            {
                case Way.SpanOfHint:
                    page.CopyTo(output.GetSpan(page.Length));
                    output.Advance(page.Length);
                    break;
                case Way.Memory:
                    page.CopyTo(output.GetMemory(page.Length));
                    output.Advance(page.Length);
                    break;
                case Way.Write:
                    output.Write(page);
                    break;
                case Way.WriteMemory:
                    output.WriteMemory<byte>(page);
                    break;
                default:
                    for (var rest = page.AsSpan(); !rest.IsEmpty;)
                    {
                        var space = output.GetSpan();
                        var count = Math.Min(space.Length, rest.Length);
                        rest[..count].CopyTo(space);
                        output.Advance(count);
                        rest = rest[count..];
                    }

                    break;
            }
        }
    }

    [ProcessSerializer(typeof(KeepingSerializer))]
    public sealed class Keeping;

    public sealed class KeepingSerializer : IProcessSerializer<Keeping>
    {
        public static IBufferWriter<byte>? Kept { get; private set; }

        public void Write(Keeping value, IBufferWriter<byte> output) => Kept = output;

        public Keeping Read(ReadOnlySpan<byte> data) => new();
    }

    [ProcessSerializer(typeof(GreedySerializer))]
    public sealed class Greedy;

    public sealed class GreedySerializer : IProcessSerializer<Greedy>
    {
        public void Write(Greedy value, IBufferWriter<byte> output) => output.Advance(output.GetSpan().Length + 1);

        public Greedy Read(ReadOnlySpan<byte> data) => new();
    }

    [ProcessSerializer(typeof(NumbersSerializer))]
    public sealed class Numbers(int[] values)
    {
        public int[] Values => values;
    }

    public sealed class NumbersSerializer : IProcessSerializer<Numbers>
    {
        public void Write(Numbers value, IBufferWriter<byte> output) => output.WriteMemory<int>(value.Values.AsMemory(1));

        public Numbers Read(ReadOnlySpan<byte> data) => new(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(data).ToArray());
    }

    [Theory]
    [InlineData(PagesSerializer.Way.Span)]
    [InlineData(PagesSerializer.Way.SpanOfHint)]
    [InlineData(PagesSerializer.Way.Memory)]
    [InlineData(PagesSerializer.Way.Write)]
    [InlineData(PagesSerializer.Way.WriteMemory)]
    [InlineData(PagesSerializer.Way.All)]
    public void Bytes_of_any_number_arrive_in_their_order(PagesSerializer.Way way)
    {
        foreach (int[] sizes in new int[][] { [], [0], [1], [3, 255, 256, 257], [16_000, 500, 70_000, 1], [200_000, 5, 3_000_000, 9, 66_000] })
        {
            byte[] expected = [.. sizes.SelectMany((size, i) => PagesSerializer.Page(i, size))];
            var copies = Message.RoundTrip(new[] { new Pages(sizes, way), new Pages([7], way) });
            copies[0].Received.ShouldBe(expected);
            copies[1].Received.ShouldBe(PagesSerializer.Page(0, 7), "what follows is read from its place");
        }
    }

    [Fact]
    public void An_output_that_was_kept_does_not_write_into_other_messages()
    {
        Message.RoundTrip(new Keeping());
        var kept = KeepingSerializer.Kept!;
        Should.Throw<InvalidOperationException>(() => kept.GetSpan().Length).Message.ShouldContain("after its Write had returned");
        Should.Throw<InvalidOperationException>(() => kept.GetMemory());
        Should.Throw<InvalidOperationException>(() => kept.Advance(0));
        Should.Throw<InvalidOperationException>(() => kept.WriteMemory<byte>(new byte[3]));
    }

    [Fact]
    public void Advancing_too_far_is_an_error_of_the_call()
    {
        using var queue = new ProcessQueue<Greedy>();
        Should.Throw<InvalidOperationException>(() => queue.Put(new Greedy())).Message.ShouldContain("Advance");
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void Elements_are_written_as_their_bytes_from_the_slice_that_was_named()
    {
        Message.RoundTrip(new Numbers([1, 2, 3])).Values.ShouldBe([2, 3]);
        var many = Enumerable.Range(0, 100_000).ToArray();
        Message.RoundTrip(new Numbers(many)).Values.ShouldBe(many[1..]);
        var elsewhere = new ArrayBufferWriter<byte>();
        elsewhere.WriteMemory<short>(new short[] { 1, 2 });
        elsewhere.WrittenCount.ShouldBe(4);
    }
}

using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class MessageBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(16_384)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(5_000_000)]
    public void Arrays_of_any_size_come_back_whole(int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        var copy = Message.RoundTrip((bytes, new string('x', length / 7), bytes.AsMemory(length / 2)));
        copy.bytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        copy.Item2.Length.ShouldBe(length / 7);
        copy.Item3.Span.SequenceEqual(bytes.AsSpan(length / 2)).ShouldBeTrue();
    }

    [Fact]
    public void A_message_can_be_taken_in_pieces()
    {
        using var buffer = MessageBuffer.Rent();
        var value = new object[] { "head", new byte[100_000], new string('x', 40_000), Enumerable.Range(0, 50_000).ToArray(), "tail" };
        ValueSerializer.Serialize(buffer, value, "item");
        var whole = Message.Bytes(buffer);
        for (var size = 1; size < whole.Length; size = (size * 7) + 3)
        {
            var pieces = new byte[whole.Length];
            for (var at = 0; at < whole.Length; at += size)
            {
                buffer.CopyTo(at, pieces.AsSpan(at, Math.Min(size, whole.Length - at)));
            }

            pieces.AsSpan().SequenceEqual(whole).ShouldBeTrue();
        }

        Should.Throw<ArgumentOutOfRangeException>(() => buffer.CopyTo(whole.Length, new byte[1]));
    }

    [Fact]
    public void A_message_may_be_longer_than_two_gigabytes()
    {
        // Never touched, so that they take no memory.
        var parts = new byte[3][];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = GC.AllocateUninitializedArray<byte>(900_000_000);
        }

        parts[2][^1] = 77;
        using var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, parts, "item");
        buffer.Length.ShouldBeGreaterThan(2_700_000_000);
        var last = new byte[10];
        buffer.CopyTo(buffer.Length - 10, last);
        last[9].ShouldBe((byte)77);
    }

    [Fact]
    public void Several_values_follow_each_other()
    {
        using var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, "a", "item");
        ValueSerializer.Serialize(buffer, 5, "item");
        ValueSerializer.Serialize(buffer, new List<int> { 1 }, "item");
        ReadAll(Message.Bytes(buffer)).ShouldBe("a51");
    }

    [Fact]
    public void Warm_buffers_allocate_nothing()
    {
        var value = new List<int> { 1, 2, 3 };
        Measure(value);
        Measure(value);
        Measure(value).ShouldBe(0);

        static long Measure(List<int> value)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                using var buffer = MessageBuffer.Rent();
                ValueSerializer.Serialize(buffer, value, "item");
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Buffers_may_be_returned_by_other_threads()
    {
        var buffers = Enumerable.Range(0, 50).Select(static _ => MessageBuffer.Rent()).ToArray();
        foreach (var buffer in buffers)
        {
            ValueSerializer.Serialize(buffer, new string('x', 20_000), "item");
        }

        Parallel.ForEach(buffers, static buffer =>
        {
            Message.Read<string>(Message.Bytes(buffer)).Length.ShouldBe(20_000);
            buffer.Dispose();
            buffer.Dispose();
        });
    }

    private static unsafe string ReadAll(byte[] bytes)
    {
        fixed (byte* start = bytes)
        {
            var at = start;
            var end = start + bytes.Length;
            return ValueSerializer.Deserialize<string>(ref at, end) + ValueSerializer.Deserialize<int>(ref at, end) + ValueSerializer.Deserialize<List<int>>(ref at, end)[0];
        }
    }
}

using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Pools;

/// <summary>The ring of a channel, both ends on memory of this process.</summary>
public sealed unsafe class ByteRingTests : IDisposable
{
    private readonly byte* _memory = (byte*)NativeMemory.Alloc(ByteRing.Bytes);

    public void Dispose() => NativeMemory.Free(_memory);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Records_of_any_length_arrive_in_order_and_whole(int seed)
    {
        var random = new Random(seed);
        var writer = new RingWriter(_memory);
        var reader = new RingReader(_memory);
        var inRing = new Queue<(int Length, byte Fill)>();
        var (written, read) = (0, 0);
        while (read < 20_000)
        {
            var length = random.Next(5) == 0 ? random.Next(ByteRing.LargestContent) : random.Next(100);
            var at = random.Next(3) == 0 ? null : writer.TryReserve(sizeof(int) + length);
            if (at is not null)
            {
                var fill = (byte)written++;
                *(int*)at = length;
                new Span<byte>(at + sizeof(int), length).Fill(fill);
                writer.Append(sizeof(int) + length);
                writer.AssertInvariants();
                inRing.Enqueue((length, fill));
            }
            else if (inRing.TryDequeue(out var expected))
            {
                var record = reader.Next();
                (*(int*)record).ShouldBe(expected.Length);
                new ReadOnlySpan<byte>(record + sizeof(int), expected.Length).ContainsAnyExcept(expected.Fill).ShouldBeFalse();
                reader.Advance(sizeof(int) + expected.Length);
                writer.Read = reader.Position;
                read++;
            }
        }
    }

    [Fact]
    public void A_record_of_the_largest_content_always_fits_an_empty_ring()
    {
        var writer = new RingWriter(_memory);
        for (var i = 0; i < 1000; i++)
        {
            (writer.TryReserve(ByteRing.LargestContent + 64 - i) is null).ShouldBeFalse();
            writer.Append(ByteRing.LargestContent + 64 - i);
            writer.Read = writer.Position;
        }
    }

    [Fact]
    public void Records_that_were_taken_back_are_written_over()
    {
        var writer = new RingWriter(_memory);
        var reader = new RingReader(_memory);
        *(int*)writer.TryReserve(16) = 1;
        writer.Append(16);
        var second = writer.Position;
        for (var i = 0; i < 5; i++)
        {
            *(int*)writer.TryReserve(64) = 2;
            writer.Append(64);
        }

        writer.Rewind(second);
        *(int*)writer.TryReserve(24) = 3;
        writer.Append(24);
        (*(int*)reader.Next()).ShouldBe(1);
        reader.Advance(16);
        (*(int*)reader.Next()).ShouldBe(3);
    }

    [Fact]
    public void Room_behind_ends_with_the_memory_and_with_what_was_not_read()
    {
        var writer = new RingWriter(_memory);
        writer.RoomBehind.ShouldBe(0); // at the beginning nothing is behind a record
        writer.Append(ByteRing.Bytes / 2);
        writer.RoomBehind.ShouldBe(ByteRing.Bytes / 2);
        writer.Append((ByteRing.Bytes / 2) - 8);
        writer.RoomBehind.ShouldBe(8);
        writer.Read = ByteRing.Bytes / 2;
        writer.Append(8);
        writer.RoomBehind.ShouldBe(0);
        writer.Append(64);
        writer.RoomBehind.ShouldBe((ByteRing.Bytes / 2) - 64);
    }
}

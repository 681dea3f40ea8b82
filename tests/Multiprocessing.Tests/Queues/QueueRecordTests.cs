using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Queues;

/// <summary>Items of any length through rings of all sizes, below the serializer.</summary>
public sealed class QueueRecordTests : IDisposable
{
    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Theory]
    [InlineData(100, 20_000)]
    [InlineData(5_000, 5_000)]
    [InlineData(40_000, 2_000)]
    [InlineData(700_000, 150)]
    public void Items_of_mixed_lengths_arrive_whole_while_both_sides_work(int longest, int count)
    {
        using var queue = new ProcessQueue<long>(_session, new ProcessQueueOptions(), raw: false);
        Watch.Threads(2, thread =>
        {
            var random = new Random(longest);
            for (var i = 0; i < count; i++)
            {
                var length = random.Next(longest);
                if (thread == 0)
                {
                    Put(queue, length, i);
                }
                else
                {
                    Take(queue, length, i);
                }
            }
        });
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void A_large_item_that_is_never_read_does_not_block_its_producer()
    {
        using var queue = new ProcessQueue<long>(_session, new ProcessQueueOptions(), raw: false);
        Put(queue, 10, 0);
        Put(queue, 64 << 20, 1);
        Put(queue, 1 << 20, 2);
        Put(queue, 0, 3);
        queue.Count.ShouldBe(4);
        Take(queue, 10, 0);
        Take(queue, 64 << 20, 1);
        Take(queue, 1 << 20, 2);
        Take(queue, 0, 3);
    }

    [Fact]
    public unsafe void Large_items_one_after_the_other_use_their_rings_again()
    {
        using var queue = new ProcessQueue<long>(_session, new ProcessQueueOptions(), raw: false);
        for (var i = 0; i < 12; i++)
        {
            Put(queue, 20 << 20, i);
            Take(queue, 20 << 20, i);
        }

        // lock, session, control, the current ring and the spare one.
        Directory.GetFiles(_session.Directory).Length.ShouldBeLessThanOrEqualTo(5);
        _session.Segments[5]->Generation.ShouldBeLessThan(4);
    }

    [Fact]
    public void Every_length_fits_behind_every_other_at_the_end_of_a_ring()
    {
        using var queue = new ProcessQueue<long>(_session, new ProcessQueueOptions { MaxBytes = 20_000 }, raw: false);
        for (var length = 0; length < 6_000; length += 7)
        {
            Put(queue, length, length);
            Put(queue, 6_000 - length, length + 1);
            Take(queue, length, length);
            Take(queue, 6_000 - length, length + 1);
        }
    }

    private static unsafe void Put(ProcessQueue<long> queue, int length, int seed)
    {
        var payload = new Pattern(length, seed);
        var done = 0;
        while (queue.Core.Put(ref payload, ref done, Deadline.Never, default) is QueueOutcome.Blocked)
        {
            Thread.Yield();
        }

        done.ShouldBe(1);
    }

    private static unsafe void Take(ProcessQueue<long> queue, int length, int seed)
    {
        var scratch = ScratchBuffer.Rent();
        while (true)
        {
            var sink = new ScratchSink(scratch);
            if (queue.Core.Take(ref sink, 1, out _, Deadline.Never, default) is QueueOutcome.Done)
            {
                break;
            }

            if (sink.Wanted > 0)
            {
                scratch.Grow(sink.Wanted);
            }
        }

        (*(long*)scratch.Start).ShouldBe(length);
        new ReadOnlySpan<byte>(scratch.Start + RecordHeader.Size, length).ContainsAnyExcept((byte)seed).ShouldBeFalse();
        scratch.Return(used: 0);
    }

    private readonly unsafe struct Pattern(int length, int seed) : IPayloads
    {
        public int Count => 1;

        public long LengthOf(int index) => length;

        public void CopyTo(int index, byte* destination) => new Span<byte>(destination, length).Fill((byte)seed);

        public void SetWaiting(bool isWaiting)
        {
        }

        public void MarkSent(int from, int to)
        {
        }
    }
}

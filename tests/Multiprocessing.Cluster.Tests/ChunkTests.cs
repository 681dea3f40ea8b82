using System.Collections.Concurrent;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Chunks that arrive in any order, twice, late or not at all, without a network.</summary>
public class ChunkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Contents_arrive_over_a_connection_that_loses_doubles_and_reorders(int seed)
    {
        var receiver = new UnreliablePeer(seed);
        var shared = new ByteCredit(3 << 20);
        var transfers = receiver.Sender(shared);
        var contents = Enumerable.Range(1, 6).Select(number => Content(number * 700_000 + seed, seed)).ToList();
        var sent = contents.Select((content, number) => transfers.Begin(content, number, 1)).ToList();
        foreach (var (content, transfer) in contents.Zip(sent))
        {
            (await transfer.Arrival.WaitAsync(TimeSpan.FromSeconds(90), Token)).ShouldBeTrue();
            receiver.Incoming.Take(transfer.Number).ShouldBe(content);
            transfers.Finish(transfer);
        }

        await receiver.DeliverLateAsync();
        (receiver.Incoming.Count, transfers.Count, shared.Out, transfers.Credit.Out).ShouldBe((0, 0, 0L, 0L));
        shared.Peak.ShouldBeLessThanOrEqualTo(3 << 20);
        receiver.Doubled.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task An_abandoned_transfer_is_freed_and_late_chunks_of_it_begin_nothing()
    {
        var receiver = new UnreliablePeer(5, chunks: 20); // fewer than the content has: it does not arrive before it is abandoned
        var transfers = receiver.Sender(null);
        var transfer = transfers.Begin(Content(50 << 20, 1), 1, 1);
        await TestCluster.Until(() => receiver.Incoming.Count == 1, "it has begun");
        transfers.Abandon(transfer);
        await Should.ThrowAsync<OperationCanceledException>(() => transfer.Arrival);
        await TestCluster.Until(() => transfers.Count == 0, "the receiver knows it");
        await receiver.DeliverLateAsync();
        (receiver.Incoming.Count, receiver.Incoming.Allocated).ShouldBe((0, 0L));
        await TestCluster.Until(() => transfers.Credit.Out == 0, "no credit is taken");
    }

    [Fact]
    public async Task A_receiver_that_does_not_want_a_content_ends_its_transfer()
    {
        var receiver = new UnreliablePeer(6);
        receiver.Incoming.Close();
        var transfers = receiver.Sender(null);
        (await transfers.Begin(Content(5 << 20, 1), 1, 1).Arrival.WaitAsync(TimeSpan.FromSeconds(60), Token)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_lost_receiver_ends_all_transfers_at_once()
    {
        var never = new TaskCompletionSource<long>();
        var transfers = new OutgoingTransfers(_ => never.Task, _ => never.Task, new ByteCredit(1 << 20));
        var sent = Enumerable.Range(0, 5).Select(number => transfers.Begin(Content(5 << 20, number), number, 1)).ToList();
        await TestCluster.Until(() => transfers.SentBytes > 0, "chunks are on the way");
        transfers.Close();
        foreach (var transfer in sent)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => transfer.Arrival);
            transfer.Content.ShouldBeEmpty();
        }

        transfers.Count.ShouldBe(0);
        await TestCluster.Until(() => transfers.Credit.Out == 0, "no credit is taken");
        await Should.ThrowAsync<OperationCanceledException>(() => transfers.Begin([1], 9, 1).Arrival);
    }

    [Fact]
    public void A_length_alone_allocates_nothing_and_contents_that_do_not_fit_are_refused()
    {
        var incoming = new IncomingTransfers();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var transfer = 1; transfer <= 100; transfer++)
        {
            var frame = Chunk.Write(transfer, 1, 0, 0, new byte[64], 0, 64);
            BitConverter.TryWriteBytes(frame.AsSpan(28), Array.MaxLength).ShouldBeTrue(); // the length of the content
            incoming.Receive(Chunk.Read(frame)).ShouldBe(Chunk.Taken);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
        Should.Throw<InvalidDataException>(() => incoming.Receive(Chunk.Read(Chunk.Write(1, 1, 0, 0, new byte[64], 0, 64))));
        incoming.Take(1).ShouldBeNull();
        Should.Throw<InvalidDataException>(() => Chunk.Read(new byte[Chunk.HeadSize]));
    }

    [Fact]
    public async Task Credit_is_given_in_order_and_a_cancelled_taker_takes_none()
    {
        var credit = new ByteCredit(100);
        await credit.TakeAsync(80, Token);
        using var source = new CancellationTokenSource();
        var (first, second, third) = (credit.TakeAsync(30, source.Token).AsTask(), credit.TakeAsync(30, Token).AsTask(), credit.TakeAsync(500, Token).AsTask());
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        (second.IsCompleted, third.IsCompleted).ShouldBe((false, false));
        credit.Give(80);
        await second;
        third.IsCompleted.ShouldBeFalse();
        credit.Give(30);
        await third; // more than there is: alone
        credit.Out.ShouldBe(500);
        credit.Give(500);
        credit.Out.ShouldBe(0);
    }

    private static byte[] Content(int length, int seed)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>A member whose connection loses chunks and answers, doubles chunks, and delivers some of them much later.</summary>
    private sealed class UnreliablePeer(int seed, int chunks = int.MaxValue)
    {
        private readonly Random _random = new(seed);
        private readonly ConcurrentQueue<byte[]> _late = new();
        private int _sent;

        public IncomingTransfers Incoming { get; } = new();

        public int Doubled { get; private set; }

        public OutgoingTransfers Sender(ByteCredit? shared) => new(SendAsync, DropAsync, shared);

        private async Task<long> SendAsync(byte[] chunk)
        {
            int fate, delay;
            bool isBroken;
            lock (_random)
            {
                (fate, delay) = (_random.Next(10), _random.Next(20));
                isBroken = ++_sent > chunks;
            }

            await Task.Delay(delay);
            if (isBroken)
            {
                throw new TimeoutException("the connection is broken");
            }

            switch (fate)
            {
                case 0:
                    throw new TimeoutException("the chunk was lost");
                case 1:
                    Incoming.Receive(Chunk.Read(chunk));
                    throw new TimeoutException("the answer was lost");
                case 2:
                    _late.Enqueue(chunk);
                    throw new TimeoutException("the chunk is late");
                case 3:
                    Doubled++;
                    Incoming.Receive(Chunk.Read(chunk));
                    break;
            }

            return Incoming.Receive(Chunk.Read(chunk));
        }

        private async Task DropAsync(long transfer)
        {
            await Task.Delay(5);
            lock (_random)
            {
                if (_random.Next(2) == 0)
                {
                    throw new TimeoutException("lost");
                }
            }

            Incoming.Drop(transfer);
        }

        public Task DeliverLateAsync()
        {
            foreach (var chunk in _late)
            {
                Incoming.Receive(Chunk.Read(chunk)).ShouldBe(Chunk.NotWanted);
            }

            return Task.CompletedTask;
        }
    }
}

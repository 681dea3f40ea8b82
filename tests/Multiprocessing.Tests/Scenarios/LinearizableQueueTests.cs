using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>When a put has returned, the item can be read; each item is read once, in the order of its producer.</summary>
public class LinearizableQueueTests : ProcessTest
{
    private const int Producers = 4;
    private const int Consumers = 4;
    private const int ItemsPerProducer = 25_000;

    [Fact]
    public Task A_put_that_has_returned_can_be_counted_and_taken_a_hundred_thousand_times() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        PutThenTake(queue);
    });

    [Fact]
    public Task A_put_that_has_returned_can_be_counted_and_taken_in_a_child_too() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        ChildProcess.Run(PutThenTake, queue).TakeFailure().ShouldBeNull();
    });

    [Fact]
    public Task What_a_child_says_it_has_put_is_there() => Watchdog.Run(() =>
    {
        // The word about the put takes another way than the item, so an item that is published late would be missed.
        using var items = new ProcessQueue<int>().Watch("items");
        using var said = new ProcessQueue<int>(capacity: 1).Watch("said");
        using var child = ChildProcess.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                items.Put(i);
                said.Put(i);
            }
        });
        for (var i = 0; i < 5_000; i++)
        {
            said.Get().ShouldBe(i);
            items.Count.ShouldBeGreaterThanOrEqualTo(1);
            items.TryGet(out var item).ShouldBeTrue();
            item.ShouldBe(i);
        }

        child.Join();
    });

    [Theory]
    [InlineData(null)]
    [InlineData(100)]
    [InlineData(1)]
    public Task Four_producers_and_four_consumers_pass_each_item_once_and_in_order(int? capacity) => Watchdog.Run(
        () =>
        {
            var each = capacity == 1 ? ItemsPerProducer / 25 : ItemsPerProducer; // a queue of one is a relay: each item costs a wake-up
            using var queue = new ProcessQueue<long>(capacity).Watch();
            var consumers = Enumerable.Range(0, Consumers).Select(_ => ChildProcess.Run(Consume, queue)).ToList();
            var producers = Enumerable.Range(0, Producers).Select(id => ChildProcess.Run(Produce, queue, id, each)).ToList();
            producers.ForEach(producer => producer.TakeFailure().ShouldBeNull());
            queue.Complete();
            var received = consumers.Select(consumer => consumer.Take()).ToList();
            received.ForEach(ShouldBeInOrder);
            received.SelectMany(items => items).Order().ShouldBe(
                from producer in Enumerable.Range(0, Producers)
                from sequence in Enumerable.Range(0, each)
                select Item(producer, sequence));
            queue.Count.ShouldBe(0);
            queue.IsCompleted.ShouldBeTrue();
        },
        TimeSpan.FromSeconds(120));

    [Fact]
    public Task Asynchronous_producers_and_consumers_do_the_same() => Watchdog.Run(
        () =>
        {
            const int Each = 5_000;
            using var queue = new ProcessQueue<long>(capacity: 50).Watch();
            var consumers = Enumerable.Range(0, 2).Select(_ => ChildProcess.Run(ConsumeAsync, queue)).ToList();
            var producers = Enumerable.Range(0, 2).Select(id => ChildProcess.Run(ProduceAsync, queue, id, Each)).ToList();
            producers.ForEach(producer => producer.TakeFailure().ShouldBeNull());
            queue.Complete();
            var received = consumers.Select(consumer => consumer.Take()).ToList();
            received.ForEach(ShouldBeInOrder);
            received.SelectMany(items => items).Order().ShouldBe(
                from producer in Enumerable.Range(0, 2)
                from sequence in Enumerable.Range(0, Each)
                select Item(producer, sequence));
        },
        TimeSpan.FromSeconds(120));

    private static long Item(int producer, int sequence) => ((long)producer << 32) | (uint)sequence;

    private static void ShouldBeInOrder(long[] items)
    {
        foreach (var own in items.GroupBy(item => item >> 32))
        {
            own.ShouldBeInOrder();
        }
    }

    private static void PutThenTake(ProcessQueue<int> queue)
    {
        for (var i = 0; i < 100_000; i++)
        {
            queue.Put(i);
            if (queue.Count != 1 || queue.IsEmpty || !queue.TryGet(out var item) || item != i)
            {
                throw new InvalidOperationException($"Put {i} was not there: Count {queue.Count}.");
            }
        }
    }

    private static void Produce(ProcessQueue<long> queue, int id, int count)
    {
        for (var i = 0; i < count; i++)
        {
            queue.Put(Item(id, i));
        }
    }

    private static async Task ProduceAsync(ProcessQueue<long> queue, int id, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await queue.PutAsync(Item(id, i));
        }
    }

    private static long[] Consume(ProcessQueue<long> queue) => [.. queue.ReadAll()];

    private static async Task<long[]> ConsumeAsync(ProcessQueue<long> queue)
    {
        var items = new List<long>();
        await foreach (var item in queue.ReadAllAsync())
        {
            items.Add(item);
        }

        return [.. items];
    }
}

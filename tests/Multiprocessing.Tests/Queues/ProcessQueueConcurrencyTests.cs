using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Queues;

/// <summary>Many producers and consumers at once: each item is delivered once, in the order of its producer, and no waiter stays asleep.</summary>
public sealed class ProcessQueueConcurrencyTests : IDisposable
{
    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Fact]
    public void After_a_put_the_queue_is_never_found_empty()
    {
        using var queue = NewQueue<int>();
        for (var i = 0; i < 100_000; i++)
        {
            queue.Put(i);
            (queue.Count >= 1).ShouldBeTrue();
            queue.TryGet(out var item).ShouldBeTrue();
            item.ShouldBe(i);
        }
    }

    [Fact]
    public void TryGet_never_says_empty_because_another_consumer_is_at_work()
    {
        // Each thread puts one and takes one: whatever the others do, there is always an item for who has just put one.
        using var queue = NewQueue<int>();
        Watch.Threads(4, _ =>
        {
            for (var i = 0; i < 25_000; i++)
            {
                queue.Put(i);
                if (!queue.TryGet(out var _))
                {
                    throw new InvalidOperationException($"Empty at {i}.");
                }
            }
        });
        queue.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(4, 4, null, 25_000)]
    [InlineData(8, 8, 1, 3_000)]
    [InlineData(8, 8, 3, 5_000)]
    [InlineData(1, 8, null, 50_000)]
    [InlineData(8, 1, 100, 10_000)]
    public void Every_item_arrives_once_and_in_order_per_producer(int producers, int consumers, int? capacity, int each)
    {
        using var queue = NewQueue<Item>(capacity);
        var seen = new int[producers * each];
        var left = producers;
        Watch.Threads(producers + consumers, thread =>
        {
            if (thread < producers)
            {
                for (var i = 0; i < each; i++)
                {
                    queue.Put(new Item(thread, i));
                }

                if (Interlocked.Decrement(ref left) == 0)
                {
                    queue.Complete();
                }

                return;
            }

            var last = new int[producers];
            Array.Fill(last, -1);
            foreach (var item in queue.ReadAll())
            {
                item.Check();
                (item.Number > last[item.Producer]).ShouldBeTrue();
                last[item.Producer] = item.Number;
                Interlocked.Increment(ref seen[(item.Producer * each) + item.Number]);
            }
        });
        seen.ShouldAllBe(count => count == 1);
        queue.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Batches_keep_order_and_lose_nothing_across_many_rings()
    {
        using var queue = NewQueue<Item>();
        const int Each = 200_000;
        var sum = 0L;
        Watch.Threads(4, thread =>
        {
            if (thread < 2)
            {
                queue.PutMany(Enumerable.Range(0, Each).Select(i => new Item(thread, i)));
                return;
            }

            var left = Each;
            while (left > 0)
            {
                foreach (var item in queue.GetMany(Math.Min(left, 777)))
                {
                    item.Check();
                    Interlocked.Add(ref sum, item.Number);
                    left--;
                }
            }
        });
        sum.ShouldBe(2 * ((long)Each * (Each - 1) / 2));
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void Waves_that_are_put_whole_and_drained_whole_reuse_their_rings()
    {
        using var queue = NewQueue<Item>();
        var files = 0;
        for (var wave = 0; wave < 20; wave++)
        {
            for (var i = 0; i < 50_000; i++)
            {
                queue.Put(new Item(wave, i));
            }

            for (var i = 0; i < 50_000; i++)
            {
                var item = queue.Get();
                item.Check();
                item.Number.ShouldBe(i);
            }

            files = Math.Max(files, Directory.GetFiles(_session.Directory).Length);
        }

        // The control segment, the current ring, the spare one, and the rings of one wave; drained rings do not accumulate.
        files.ShouldBeLessThan(12);
        Directory.GetFiles(_session.Directory).Length.ShouldBeLessThanOrEqualTo(5);
    }

    [Fact]
    public async Task Asynchronous_producers_and_consumers_lose_no_wake_up()
    {
        var stop = TestContext.Current.CancellationToken;
        using var queue = NewQueue<Item>(2);
        const int Each = 2_000;
        var producers = Enumerable.Range(0, 8).Select(p => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await queue.PutAsync(new Item(p, i), stop);
            }
        }, stop)).ToArray();
        var total = 0;
        var consumers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await foreach (var item in queue.ReadAllAsync(stop))
            {
                item.Check();
                Interlocked.Increment(ref total);
            }
        }, stop)).ToArray();
        await Task.WhenAll(producers).WaitAsync(Watch.Patience, stop);
        queue.Complete();
        await Task.WhenAll(consumers).WaitAsync(Watch.Patience, stop);
        total.ShouldBe(8 * Each);
    }

    [Fact]
    public async Task Synchronous_and_asynchronous_callers_of_two_participants_share_a_queue()
    {
        var stop = TestContext.Current.CancellationToken;
        using var other = new FakeParticipant(_session);
        using var queue = NewQueue<Item>(3);
        using var theirs = other.Open(queue);
        const int Each = 5_000;
        var total = 0;
        var work = new List<Task>
        {
            Watch.Thread(() => Put(queue, 0)),
            Watch.Thread(() => Put(theirs, 1)),
            Task.Run(() => PutAsync(theirs, 2), stop),
            Watch.Thread(() => Take(queue)),
            Task.Run(() => TakeAsync(queue), stop),
            Task.Run(() => TakeAsync(theirs), stop),
        };
        await Task.WhenAll(work).WaitAsync(Watch.Patience, stop);
        total.ShouldBe(3 * Each);

        void Put(ProcessQueue<Item> to, int producer)
        {
            for (var i = 0; i < Each; i++)
            {
                to.Put(new Item(producer, i));
            }
        }

        async Task PutAsync(ProcessQueue<Item> to, int producer)
        {
            for (var i = 0; i < Each; i++)
            {
                await to.PutAsync(new Item(producer, i), stop);
            }
        }

        void Take(ProcessQueue<Item> from)
        {
            for (var i = 0; i < Each; i++)
            {
                from.Get().Check();
                Interlocked.Increment(ref total);
            }
        }

        async Task TakeAsync(ProcessQueue<Item> from)
        {
            for (var i = 0; i < Each; i++)
            {
                (await from.GetAsync(stop)).Check();
                Interlocked.Increment(ref total);
            }
        }
    }

    [Fact]
    public void Cancelled_and_timed_out_waiters_pass_their_wake_up_on()
    {
        using var queue = NewQueue<int>(1);
        const int Items = 3_000;
        var taken = 0;
        Watch.Threads(6, thread =>
        {
            if (thread == 0)
            {
                for (var i = 0; i < Items; i++)
                {
                    queue.Put(i);
                }

                queue.Complete();
                return;
            }

            var random = new Random(thread);
            while (!queue.IsCompleted)
            {
                if (queue.TryGet(out _, TimeSpan.FromMicroseconds(random.Next(0, 300))))
                {
                    Interlocked.Increment(ref taken);
                }
            }
        });
        taken.ShouldBe(Items);
    }

    [Fact]
    public void Disposing_under_threads_at_work_ends_them_with_ObjectDisposedException_and_never_faults()
    {
        for (var round = 0; round < 30; round++)
        {
            var queue = NewQueue<Item>(round % 2 == 0 ? 5 : null);
            var stop = Task.Run(() =>
            {
                Thread.Sleep(5);
                queue.Dispose();
            });
            Watch.Threads(4, thread =>
            {
                try
                {
                    for (var i = 0; ; i++)
                    {
                        if (thread % 2 == 0)
                        {
                            queue.Put(new Item(thread, i));
                        }
                        else
                        {
                            queue.Get().Check();
                        }
                    }
                }
                catch (ObjectDisposedException)
                {
                    // The end of this test.
                }
            });
            Watch.Over(stop);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private ProcessQueue<T> NewQueue<T>(int? capacity = null) => new(_session, new ProcessQueueOptions { Capacity = capacity }, raw: true);

    /// <summary>Checks itself, so that torn reads show.</summary>
    private readonly struct Item(int producer, int number)
    {
        public readonly int Producer = producer;
        public readonly int Number = number;
        private readonly long _a = number + 13L;
        private readonly long _b = producer - 7L;
        private readonly long _c = ((long)number * 31) ^ producer;

        public void Check()
        {
            if (_a != Number + 13L || _b != Producer - 7L || _c != (((long)Number * 31) ^ Producer))
            {
                throw new InvalidDataException($"Torn item {Producer}/{Number}.");
            }
        }
    }
}

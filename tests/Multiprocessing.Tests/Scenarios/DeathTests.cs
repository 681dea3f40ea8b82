using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A waiter for a process that died gets a report that names it; no other process is affected.</summary>
public class DeathTests : ProcessTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_get_whose_only_producer_is_killed_names_it(bool asynchronous) => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        using var producer = ChildProcess.Run(() =>
        {
            queue.Put(1);
            Ends.Forever();
            queue.Put(2);
        });
        queue.Get().ShouldBe(1);
        var wait = Task.Run(async () => asynchronous ? await queue.GetAsync() : queue.Get());
        await Task.Delay(200);
        wait.IsCompleted.ShouldBeFalse("the producer lives");
        var watch = Stopwatch.StartNew();
        Posix.Signal(producer.Id, Posix.SigKill);
        var exception = await Should.ThrowAsync<QueueAbandonedException>(() => wait);
        TestContext.Current.TestOutputHelper?.WriteLine($"Told after {watch.ElapsedMilliseconds} ms.");
        exception.ProcessId.ShouldBe(producer.Id);
        exception.ExitStatus.Signal.ShouldBe(Posix.SigKill);
        exception.Message.ShouldContain(producer.Id.ToString());
    });

    [Fact]
    public Task A_put_whose_only_consumer_is_killed_names_it() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>(capacity: 1).Watch();
        using var ready = new ProcessQueue<bool>().Watch("ready");
        queue.Put(1);
        using var consumer = ChildProcess.Run(() =>
        {
            queue.Count.ShouldBe(1);
            ready.Put(true);
            Ends.Forever();
        });
        ready.Get();
        var wait = Task.Run(() => queue.Put(2));
        await Task.Delay(200);
        wait.IsCompleted.ShouldBeFalse("the consumer lives");
        Posix.Signal(consumer.Id, Posix.SigKill);
        var exception = await Should.ThrowAsync<QueueAbandonedException>(() => wait);
        exception.ProcessId.ShouldBe(consumer.Id);
        queue.Get().ShouldBe(1);
    });

    [Fact]
    public Task What_a_dead_producer_had_put_is_delivered_before_its_death_is_reported() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        var producer = ChildProcess.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                queue.Put(i);
            }

            Posix.Signal(Environment.ProcessId, Posix.SigKill);
        });
        producer.TakeFailure();
        for (var i = 0; i < 100; i++)
        {
            queue.Get().ShouldBe(i);
        }

        Should.Throw<QueueAbandonedException>(() => queue.Get()).ProcessId.ShouldBe(producer.Id);
    });

    [Fact]
    public Task A_get_whose_only_producer_left_in_good_order_ends_too() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        using var producer = ChildProcess.Run(() => queue.Put(1));
        queue.Get().ShouldBe(1);
        Should.Throw<QueueAbandonedException>(() => queue.Get()).ProcessId.ShouldBe(producer.Id);
    });

    [Fact]
    public Task A_queue_whose_other_holder_died_can_be_given_to_a_new_one() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        ChildProcess.Run(() =>
        {
            queue.Put(1);
            Posix.Signal(Environment.ProcessId, Posix.SigKill);
        }).TakeFailure();
        queue.Get().ShouldBe(1);
        Should.Throw<QueueAbandonedException>(() => queue.Get());
        using var successor = ChildProcess.Run(() =>
        {
            Thread.Sleep(100);
            queue.Put(2);
        });
        queue.Get().ShouldBe(2);
    });

    [Fact]
    public Task A_consumer_killed_while_it_has_an_item_is_named_to_the_waiters_for_it() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        using var ready = new ProcessQueue<bool>().Watch("ready");
        for (var i = 0; i < 3; i++)
        {
            queue.Put(i);
        }

        using var consumer = ChildProcess.Run(() =>
        {
            queue.Get();
            queue.MarkDone();
            queue.Get();
            ready.Put(true);
            Ends.Forever();
        });
        ready.Get();
        queue.WaitAllDone(TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
        Posix.Signal(consumer.Id, Posix.SigKill);
        var watch = Stopwatch.StartNew();
        var exception = Should.Throw<ItemsLostException>(() => queue.WaitAllDone());
        TestContext.Current.TestOutputHelper?.WriteLine($"Told after {watch.ElapsedMilliseconds} ms.");
        exception.ProcessId.ShouldBe(consumer.Id);
        exception.ItemsLost.ShouldBe(1);
        exception.ExitStatus.Signal.ShouldBe(Posix.SigKill);
        queue.Count.ShouldBe(1, "what lay in the queue is still there");
        queue.Get().ShouldBe(2);
        queue.MarkDone();
        queue.WaitAllDone();
    });

    [Fact]
    public Task A_waiter_for_its_own_items_does_not_see_an_abandoned_queue() => Watchdog.Run(async () =>
    {
        // Another thread of this process has the item and will mark it; that the children have exited does not matter.
        using var queue = new ProcessQueue<int>().Watch();
        ChildProcess.Run(() =>
        {
            queue.Put(1);
            Posix.Signal(Environment.ProcessId, Posix.SigKill);
        }).TakeFailure();
        queue.Get().ShouldBe(1);
        var worker = Task.Run(async () =>
        {
            await Task.Delay(300);
            queue.MarkDone();
        });
        queue.WaitAllDone();
        await worker;
    });

    [Fact]
    public Task One_dead_consumer_of_three_does_not_stop_the_others() => Watchdog.Run(() =>
    {
        const int Items = 300;
        using var queue = new ProcessQueue<int>().Watch();
        using var done = new ProcessQueue<int>().Watch("done");
        using var inHand = new ProcessQueue<int>().Watch("in hand");
        using var victim = ChildProcess.Run(() =>
        {
            inHand.Put(queue.Get());
            Ends.Forever();
        });
        queue.Put(0);
        var lost = inHand.Get();
        var others = Enumerable.Range(0, 2).Select(_ => ChildProcess.Run(() =>
        {
            foreach (var item in queue.ReadAll())
            {
                done.Put(item);
                queue.MarkDone();
            }
        })).ToList();
        for (var i = 1; i < Items; i++)
        {
            queue.Put(i);
            if (i == Items / 2)
            {
                Posix.Signal(victim.Id, Posix.SigKill);
            }
        }

        var exception = Should.Throw<ItemsLostException>(() => queue.WaitAllDone());
        (exception.ProcessId, exception.ItemsLost).ShouldBe((victim.Id, 1));
        queue.WaitAllDone();
        queue.Complete();
        others.ForEach(other => other.TakeFailure().ShouldBeNull());
        done.GetMany(Items).Order().ShouldBe(Enumerable.Range(0, Items).Except([lost]));
    });

    [Fact]
    public Task One_dead_producer_of_three_loses_nothing_that_it_had_put() => Watchdog.Run(() =>
    {
        const int Each = 20_000;
        using var queue = new ProcessQueue<long>(capacity: 100).Watch();
        var producers = Enumerable.Range(0, 3).Select(id => ChildProcess.Run(
            (producer, count) =>
            {
                for (var i = 0; i < count; i++)
                {
                    queue.Put(((long)producer << 32) | (uint)i);
                }
            },
            id,
            id == 0 ? int.MaxValue : Each)).ToList();
        var next = new int[3];

        // The one that is to die has no turn of its own: on a busy machine the others may be through before it has put its share.
        while (next[0] < Each / 4 || next[1] < Each || next[2] < Each)
        {
            Take();
            if (next[0] == Each / 4)
            {
                Posix.Signal(producers[0].Id, Posix.SigKill);
            }
        }

        producers.ForEach(producer => producer.Join());
        producers[0].ExitStatus!.Signal.ShouldBe(Posix.SigKill);
        while (queue.Count > 0)
        {
            Take();
        }

        next[0].ShouldBeGreaterThanOrEqualTo(Each / 4);
        producers.ForEach(producer => producer.Dispose());

        void Take()
        {
            var item = queue.Get(TimeSpan.FromSeconds(60));
            ((int)item).ShouldBe(next[item >> 32]++, $"producer {item >> 32}");
        }
    });

    [Fact]
    public Task A_holder_that_is_stopped_is_not_dead() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        using var ready = new ProcessQueue<bool>().Watch("ready");
        using var go = new ProcessEvent();
        using var producer = ChildProcess.Run(() =>
        {
            ready.Put(true);
            go.Wait();
            queue.Put(1);
            Ends.Forever();
        });
        ready.Get();
        Posix.Signal(producer.Id, Posix.SigStop);
        Should.Throw<QueueEmptyException>(() => queue.Get(TimeSpan.FromSeconds(1.5)));
        Posix.Signal(producer.Id, Posix.SigContinue);
        go.Set();
        queue.Get().ShouldBe(1);
    });
}

using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>An item that cannot cross is refused by the put that was given it, and the queue is as it was.</summary>
public class PutWhatCannotCrossTests : ProcessTest
{
    [Fact]
    public Task Put_throws_and_the_count_stays() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<object>(capacity: 3).Watch();
        queue.Put("first");
        var item = new Order { Title = "second" };
        ShouldName(Should.Throw<NotSerializableException>(() => queue.Put(item)));
        ShouldName(Should.Throw<NotSerializableException>(() => queue.Put(item, TimeSpan.FromSeconds(1))));
        ShouldName(Should.Throw<NotSerializableException>(() => queue.PutNoWait(item)));
        ShouldName(Should.Throw<NotSerializableException>(() => queue.TryPut(item)));
        ShouldName(await Should.ThrowAsync<NotSerializableException>(async () => await queue.PutAsync(item)));
        queue.Count.ShouldBe(1);
        queue.Put("third");
        queue.Put("fourth");
        queue.IsFull.ShouldBeTrue("no refused item took a place");
        queue.GetMany(3).ShouldBe(["first", "third", "fourth"]);
        queue.IsEmpty.ShouldBeTrue();
    });

    [Fact]
    public Task A_child_that_puts_it_gets_the_exception_and_the_queue_goes_on() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<object>().Watch();
        var failure = ChildProcess.Run(
            () =>
            {
                queue.Put("before");
                queue.Put(new Order { Title = "refused" });
            },
            Ends.Quiet).TakeFailure();
        ShouldName(failure.ShouldBeOfType<NotSerializableException>());
        queue.Count.ShouldBe(1);
        ChildProcess.Run(() => queue.Put("after")).TakeFailure().ShouldBeNull();
        queue.GetMany(2).ShouldBe(["before", "after"]);
    });

    [Fact]
    public Task An_item_that_fails_half_way_leaves_no_half_item() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<object>().Watch();
        var large = new object[] { new byte[8 << 20], new Order { Title = "at the end" } };
        for (var i = 0; i < 20; i++)
        {
            Should.Throw<NotSerializableException>(() => queue.Put(large));
        }

        queue.Count.ShouldBe(0);
        queue.Put("fine");
        queue.Get().ShouldBe("fine");
    });

    [Fact]
    public Task A_queue_in_a_refused_item_is_not_held_by_it() => Watchdog.Run(() =>
    {
        // The footprint shows whether the inner queue's files stay: its handle was written before the thread was met.
        using var queue = new ProcessQueue<object>().Watch();
        using (var inner = new ProcessQueue<int>())
        {
            Should.Throw<NotSerializableException>(() => queue.Put(new object[] { inner, Thread.CurrentThread }));
        }

        queue.Count.ShouldBe(0);
    });

    private static void ShouldName(NotSerializableException exception)
    {
        exception.Path.ShouldContain("_lock");
        exception.Culprit.ShouldBe(typeof(ReaderWriterLockSlim));
        exception.Suggestion.ShouldNotBeNullOrWhiteSpace();
    }

    private sealed class Order
    {
        private readonly ReaderWriterLockSlim _lock = new();

        public required string Title { get; init; }

        public override string ToString() => $"{Title} {_lock.CurrentReadCount}";
    }
}

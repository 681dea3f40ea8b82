using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Queues;

/// <summary>Items that are no plain bytes, through the public constructor and this process's own session.</summary>
public sealed class ProcessQueueSerializedTests
{
    [Fact]
    public void Objects_arrive_as_copies_of_what_they_were_when_they_were_put()
    {
        using var queue = new ProcessQueue<List<string>>();
        var list = new List<string> { "a", "b" };
        queue.Put(list);
        list.Add("c");
        queue.Get().ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task What_cannot_cross_throws_in_Put_and_leaves_the_queue_as_it_was()
    {
        using var queue = new ProcessQueue<object>(2);
        queue.Put("before");
        Should.Throw<NotSerializableException>(() => queue.Put(Thread.CurrentThread));
        Should.Throw<NotSerializableException>(() => queue.TryPut(new CancellationTokenSource()));
        await Should.ThrowAsync<NotSerializableException>(async () => await queue.PutAsync(Thread.CurrentThread));
        queue.Count.ShouldBe(1);
        queue.Put("after");
        queue.Get().ShouldBe("before");
        queue.Get().ShouldBe("after");
    }

    [Fact]
    public void A_batch_puts_what_comes_before_the_item_that_cannot_cross()
    {
        using var queue = new ProcessQueue<object>();
        object[] items = ["one", "two", Thread.CurrentThread, "four"];
        Should.Throw<NotSerializableException>(() => queue.PutMany(items));
        queue.GetMany(10).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Strings_of_all_sizes_go_through_synchronously_and_not()
    {
        var stop = TestContext.Current.CancellationToken;
        using var queue = new ProcessQueue<string>(4);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                await queue.PutAsync(new string((char)('a' + (i % 26)), i * 37), stop);
            }

            queue.Complete();
        }, stop);
        var count = 0;
        await foreach (var item in queue.ReadAllAsync(stop))
        {
            item.ShouldBe(new string((char)('a' + (count % 26)), count * 37));
            count++;
        }

        await writing;
        count.ShouldBe(500);
    }

    [Fact]
    public void A_queue_goes_through_a_queue_and_is_the_same_one()
    {
        using var outer = new ProcessQueue<ProcessQueue<int>>();
        var inner = new ProcessQueue<int>();
        inner.Put(5);
        outer.Put(inner);
        var id = inner.Core.Segment.Id;
        inner.Dispose();
        Session.Current.Segments.IsCurrent(id).ShouldBeTrue();
        using (var arrived = outer.Get())
        {
            arrived.Get().ShouldBe(5);
        }

        Session.Current.Segments.IsCurrent(id).ShouldBeFalse();
    }

    [Fact]
    public void A_handle_in_a_put_that_times_out_does_not_travel()
    {
        using var outer = new ProcessQueue<ProcessQueue<int>>(1);
        var inner = new ProcessQueue<int>();
        outer.Put(inner);
        outer.TryPut(inner).ShouldBeFalse();
        outer.TryPut(inner, TimeSpan.FromMilliseconds(30)).ShouldBeFalse();
        Session.Current.Segments.InFlightOf(inner.Core.Segment.Id).ShouldBe(1);
        outer.Get().Dispose();
        Session.Current.Segments.InFlightOf(inner.Core.Segment.Id).ShouldBe(0);
        inner.Dispose();
    }
}

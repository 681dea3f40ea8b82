using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Queues;

/// <summary>The asynchronous forms that try, and those that put and take several items.</summary>
public sealed class ProcessQueueAsyncTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task TryGetAsync_says_whether_there_was_an_item_in_time() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<string>();
        (await queue.TryGetAsync(TimeSpan.Zero, Stop)).HasItem.ShouldBeFalse();
        (await queue.TryGetAsync(Short, Stop)).ShouldBe((false, null!));
        var waiting = queue.TryGetAsync(Timeout.InfiniteTimeSpan, Stop);
        waiting.IsCompleted.ShouldBeFalse();
        queue.Put("one");
        (await waiting).ShouldBe((true, "one"));
        queue.Put("two");
        queue.Complete();
        (await queue.TryGetAsync(Short, Stop)).ShouldBe((true, "two"));
        (await queue.TryGetAsync(Timeout.InfiniteTimeSpan, Stop)).HasItem.ShouldBeFalse();
        await queue.Completion;
    });

    [Fact]
    public Task TryPutAsync_says_whether_there_was_room_in_time() => Watchdog.Run(async () =>
    {
        using var numbers = new ProcessQueue<int>(capacity: 1);
        using var texts = new ProcessQueue<string>(capacity: 1);
        (await numbers.TryPutAsync(1, TimeSpan.Zero, Stop)).ShouldBeTrue();
        (await texts.TryPutAsync("1", TimeSpan.Zero, Stop)).ShouldBeTrue();
        (await numbers.TryPutAsync(2, Short, Stop)).ShouldBeFalse();
        (await texts.TryPutAsync("2", Short, Stop)).ShouldBeFalse();
        var (number, text) = (numbers.TryPutAsync(3, Timeout.InfiniteTimeSpan, Stop), texts.TryPutAsync("3", Timeout.InfiniteTimeSpan, Stop));
        (numbers.Get(), texts.Get()).ShouldBe((1, "1"));
        (await number, await text).ShouldBe((true, true));
        (numbers.Get(), texts.Get()).ShouldBe((3, "3"));
        numbers.Complete();
        await Should.ThrowAsync<QueueCompletedException>(async () => await numbers.TryPutAsync(4, Short, Stop));
    });

    [Fact]
    public Task A_put_that_times_out_still_throws() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<string>(capacity: 1);
        await queue.PutAsync("1", Stop);
        await Should.ThrowAsync<QueueFullException>(async () => await queue.PutAsync("2", Short, Stop));
        queue.Count.ShouldBe(1);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public Task PutManyAsync_waits_for_room_and_keeps_the_order(int capacity) => Watchdog.Run(async () =>
    {
        using var numbers = new ProcessQueue<int>(capacity);
        using var texts = new ProcessQueue<string>(capacity);
        var puts = Task.WhenAll(
            numbers.PutManyAsync(Enumerable.Range(0, 600), Stop).AsTask(),
            texts.PutManyAsync(Enumerable.Range(0, 600).Select(static i => $"{i}"), Stop).AsTask());
        for (var i = 0; i < 600; i++)
        {
            (await numbers.GetAsync(Stop)).ShouldBe(i);
            (await texts.GetAsync(Stop)).ShouldBe($"{i}");
        }

        await puts;
    });

    [Fact]
    public Task PutManyAsync_that_does_not_fit_says_how_many_items_were_put() => Watchdog.Run(async () =>
    {
        using var numbers = new ProcessQueue<int>(capacity: 4);
        using var texts = new ProcessQueue<string>(capacity: 4);
        (await Should.ThrowAsync<QueueFullException>(async () => await numbers.PutManyAsync([1, 2, 3, 4, 5, 6], Short, Stop))).ItemsPut.ShouldBe(4);
        var full = await Should.ThrowAsync<QueueFullException>(async () => await texts.PutManyAsync(["1", "2", "3", "4", "5"], Short, Stop));
        full.ItemsPut.ShouldBe(4);
        numbers.GetMany(10).ShouldBe([1, 2, 3, 4]);
        texts.GetMany(10).ShouldBe(["1", "2", "3", "4"]);
    });

    [Fact]
    public Task Errors_of_PutManyAsync_are_its_tasks() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<object>();
        var none = queue.PutManyAsync(null!, Stop);
        await Should.ThrowAsync<ArgumentNullException>(async () => await none);
        var culprit = queue.PutManyAsync(["fine", new Thread(static () => { })], Stop);
        await Should.ThrowAsync<NotSerializableException>(async () => await culprit);
        queue.Get().ShouldBe("fine");
        queue.Complete();
        await Should.ThrowAsync<QueueCompletedException>(async () => await queue.PutManyAsync(["late"], Stop));
    });

    [Fact]
    public Task GetManyAsync_waits_for_the_first_item_and_takes_what_is_there() => Watchdog.Run(async () =>
    {
        using var numbers = new ProcessQueue<int>();
        using var texts = new ProcessQueue<string>();
        var waiting = numbers.GetManyAsync(3, Stop);
        waiting.IsCompleted.ShouldBeFalse();
        numbers.Put(0);
        (await waiting).ShouldBe([0]);
        numbers.PutMany([1, 2, 3, 4]);
        texts.PutMany(["1", "2", "3"]);
        (await numbers.GetManyAsync(3, Stop)).ShouldBe([1, 2, 3]);
        (await numbers.GetManyAsync(3, Stop)).ShouldBe([4]);
        (await texts.GetManyAsync(2, Short, Stop)).ShouldBe(["1", "2"]);
        await Should.ThrowAsync<QueueEmptyException>(async () => await numbers.GetManyAsync(3, Short, Stop));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await numbers.GetManyAsync(0, Stop));
    });
}

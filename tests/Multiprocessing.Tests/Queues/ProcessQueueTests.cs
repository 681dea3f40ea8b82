using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Queues;

/// <summary>One process with a session of its own: the promises of a queue that one process uses.</summary>
public sealed class ProcessQueueTests : IDisposable
{
    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Fact]
    public void Items_come_out_in_the_order_in_which_they_were_put()
    {
        using var queue = NewQueue<int>();
        for (var i = 0; i < 10_000; i++)
        {
            queue.Put(i);
        }

        queue.Count.ShouldBe(10_000);
        for (var i = 0; i < 10_000; i++)
        {
            queue.Get().ShouldBe(i);
        }

        queue.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_put_that_times_out_throws_QueueFullException_and_puts_nothing()
    {
        using var queue = NewQueue<int>(2);
        queue.Put(1);
        queue.Put(2);
        queue.IsFull.ShouldBeTrue();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Should.Throw<QueueFullException>(() => queue.Put(3, TimeSpan.FromMilliseconds(200)));
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(190));
        Should.Throw<QueueFullException>(() => queue.PutNoWait(3));
        queue.TryPut(3).ShouldBeFalse();
        queue.TryPut(3, TimeSpan.Zero).ShouldBeFalse();
        queue.Count.ShouldBe(2);
        queue.Get().ShouldBe(1);
        queue.TryPut(3).ShouldBeTrue();
    }

    [Fact]
    public void A_get_that_times_out_throws_QueueEmptyException()
    {
        using var queue = NewQueue<int>();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Should.Throw<QueueEmptyException>(() => queue.Get(TimeSpan.FromMilliseconds(200)));
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(190));
        Should.Throw<QueueEmptyException>(() => queue.GetNoWait());
        queue.TryGet(out _).ShouldBeFalse();
        queue.TryGet(out _, TimeSpan.FromMilliseconds(10)).ShouldBeFalse();
    }

    [Fact]
    public void After_Complete_a_put_throws_and_a_reader_gets_the_rest_and_then_the_end()
    {
        using var queue = NewQueue<int>();
        queue.PutMany([1, 2, 3]);
        queue.Complete();
        queue.IsCompletionRequested.ShouldBeTrue();
        queue.IsCompleted.ShouldBeFalse();
        Should.Throw<QueueCompletedException>(() => queue.Put(4));
        Should.Throw<QueueCompletedException>(() => queue.TryPut(4));
        Should.Throw<QueueCompletedException>(() => queue.PutMany([4]));
        queue.ReadAll(TestContext.Current.CancellationToken).ShouldBe([1, 2, 3]);
        queue.IsCompleted.ShouldBeTrue();
        Should.Throw<QueueCompletedException>(() => queue.Get());
        queue.TryGet(out _).ShouldBeFalse();
    }

    [Fact]
    public void Complete_ends_a_put_and_a_get_that_wait()
    {
        using var full = NewQueue<int>(1);
        full.Put(1);
        using var empty = NewQueue<int>();
        var put = Watch.Thread(() => Should.Throw<QueueCompletedException>(() => full.Put(2)));
        var get = Watch.Thread(() => Should.Throw<QueueCompletedException>(() => empty.Get()));
        Thread.Sleep(100);
        full.Complete();
        empty.Complete();
        Watch.Over(Task.WhenAll(put, get));
    }

    [Fact]
    public void Marking_more_done_than_was_put_throws()
    {
        using var queue = NewQueue<int>();
        Should.Throw<InvalidOperationException>(queue.MarkDone);
        queue.Put(1);
        queue.Get();
        queue.MarkDone();
        Should.Throw<InvalidOperationException>(queue.MarkDone);
        queue.WaitAllDone();
    }

    [Fact]
    public void WaitAllDone_returns_when_the_last_item_is_marked_and_not_before()
    {
        using var queue = NewQueue<int>();
        queue.PutMany([1, 2, 3]);
        queue.WaitAllDone(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken).ShouldBeFalse();
        var waiting = Watch.Thread(() => queue.WaitAllDone());
        var waitingToo = queue.WaitAllDoneAsync(TestContext.Current.CancellationToken).AsTask();
        for (var i = 0; i < 3; i++)
        {
            waiting.IsCompleted.ShouldBeFalse();
            waitingToo.IsCompleted.ShouldBeFalse();
            queue.Get();
            Thread.Sleep(20);
            queue.MarkDone();
        }

        Watch.Over(Task.WhenAll(waiting, waitingToo));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_capacity_below_one_is_refused(int capacity) => Should.Throw<ArgumentOutOfRangeException>(() => NewQueue<int>(capacity));

    [Fact]
    public void Time_outs_below_zero_are_refused_except_the_infinite_one()
    {
        using var queue = NewQueue<int>();
        Should.Throw<ArgumentOutOfRangeException>(() => queue.Put(1, TimeSpan.FromMilliseconds(-2)));
        Should.Throw<ArgumentOutOfRangeException>(() => queue.Get(TimeSpan.FromTicks(-1)));
        queue.Put(1, Timeout.InfiniteTimeSpan);
        queue.Get(Timeout.InfiniteTimeSpan).ShouldBe(1);
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessQueue<int>(_session, new ProcessQueueOptions { MaxBytes = 0 }, raw: true));
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessQueue<int>(_session, new ProcessQueueOptions { OrphanGrace = TimeSpan.FromSeconds(-5) }, raw: true));
    }

    [Fact]
    public void Cancelling_ends_a_get_and_a_put_that_wait()
    {
        using var queue = NewQueue<int>(1);
        using var source = new CancellationTokenSource();
        var get = Watch.Thread(() => Should.Throw<OperationCanceledException>(() => queue.Get(source.Token)));
        var getAsync = queue.GetAsync(source.Token).AsTask();
        Thread.Sleep(80);
        source.Cancel();
        Watch.Over(get);
        Should.Throw<OperationCanceledException>(() => getAsync.GetAwaiter().GetResult());
        queue.Put(1);
        using var second = new CancellationTokenSource(80);
        Should.Throw<OperationCanceledException>(() => queue.Put(2, second.Token));
        queue.Count.ShouldBe(1);
    }

    [Fact]
    public void Use_after_Dispose_throws_and_Dispose_ends_a_get_that_waits()
    {
        var queue = NewQueue<int>();
        var get = Watch.Thread(() => Should.Throw<ObjectDisposedException>(() => queue.Get()));
        var getAsync = queue.GetAsync(TestContext.Current.CancellationToken).AsTask();
        Thread.Sleep(80);
        queue.Dispose();
        Watch.Over(get);
        Should.Throw<ObjectDisposedException>(() => getAsync.WaitAsync(Watch.Patience).GetAwaiter().GetResult());
        Should.Throw<ObjectDisposedException>(() => queue.Put(1));
        Should.Throw<ObjectDisposedException>(() => queue.Count);
        queue.Dispose();
    }

    [Fact]
    public void Disposing_the_last_wrapper_removes_the_file()
    {
        var before = Directory.GetFiles(_session.Directory).Length;
        var queue = NewQueue<int>();
        Directory.GetFiles(_session.Directory).Length.ShouldBe(before + 1);
        for (var i = 0; i < 100_000; i++)
        {
            queue.Put(i);
        }

        Directory.GetFiles(_session.Directory).Length.ShouldBeGreaterThan(before + 1);
        queue.Dispose();
        Directory.GetFiles(_session.Directory).Length.ShouldBe(before);
    }

    [Fact]
    public void GetMany_waits_for_the_first_item_and_takes_no_more_than_there_are()
    {
        using var queue = NewQueue<long>();
        queue.PutMany(Enumerable.Range(0, 1000).Select(i => (long)i));
        queue.GetMany(10).ShouldBe(Enumerable.Range(0, 10).Select(i => (long)i));
        queue.GetMany(5000).ShouldBe(Enumerable.Range(10, 990).Select(i => (long)i));
        Should.Throw<QueueEmptyException>(() => queue.GetMany(5, TimeSpan.FromMilliseconds(10)));
    }

    [Fact]
    public void A_batch_that_does_not_fit_says_how_many_items_were_put()
    {
        using var queue = NewQueue<int>(5);
        queue.Put(0);
        int[] batch = [1, 2, 3, 4, 5, 6];
        Should.Throw<QueueFullException>(() => queue.PutMany(batch, TimeSpan.FromMilliseconds(50))).ItemsPut.ShouldBe(4);
        queue.GetMany(10).ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public void A_put_waits_at_the_byte_limit_and_an_item_beyond_it_gets_into_an_empty_queue()
    {
        using var queue = new ProcessQueue<Big>(_session, new ProcessQueueOptions { MaxBytes = 10_000 }, raw: true);
        while (queue.TryPut(default))
        {
        }

        queue.Count.ShouldBe(9);
        var waiting = Watch.Thread(() => queue.Put(default));
        Thread.Sleep(60);
        waiting.IsCompleted.ShouldBeFalse();
        queue.Get();
        Watch.Over(waiting);

        using var tiny = new ProcessQueue<Big>(_session, new ProcessQueueOptions { MaxBytes = 10 }, raw: true);
        tiny.Put(default);
        tiny.TryPut(default).ShouldBeFalse();
        tiny.Get();
        tiny.TryPut(default).ShouldBeTrue();
    }

    [Fact]
    public async Task Asynchronous_calls_complete_when_the_other_side_comes()
    {
        var stop = TestContext.Current.CancellationToken;
        using var queue = NewQueue<int>(1);
        var get = queue.GetAsync(stop);
        get.IsCompleted.ShouldBeFalse();
        queue.Put(7);
        (await get.AsTask().WaitAsync(Watch.Patience, stop)).ShouldBe(7);

        await queue.PutAsync(1, stop);
        var put = queue.PutAsync(2, stop);
        put.IsCompleted.ShouldBeFalse();
        queue.Get().ShouldBe(1);
        await put.AsTask().WaitAsync(Watch.Patience, stop);
        queue.Get().ShouldBe(2);
        await Should.ThrowAsync<QueueEmptyException>(async () => await queue.GetAsync(TimeSpan.FromMilliseconds(30), stop));
        await queue.PutAsync(3, stop);
        await Should.ThrowAsync<QueueFullException>(async () => await queue.PutAsync(4, TimeSpan.FromMilliseconds(30), stop));
        queue.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ReadAllAsync_ends_after_Complete()
    {
        var stop = TestContext.Current.CancellationToken;
        using var queue = NewQueue<int>(3);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await queue.PutAsync(i, stop);
            }

            queue.Complete();
        }, stop);
        var got = new List<int>();
        await foreach (var item in queue.ReadAllAsync(stop))
        {
            got.Add(item);
        }

        await writing;
        got.ShouldBe(Enumerable.Range(0, 1000));
    }

    [Fact]
    public async Task The_channel_sides_behave_like_a_channels()
    {
        var stop = TestContext.Current.CancellationToken;
        using var queue = NewQueue<int>(2);
        queue.Writer.TryWrite(1).ShouldBeTrue();
        queue.Writer.TryWrite(2).ShouldBeTrue();
        queue.Writer.TryWrite(3).ShouldBeFalse();
        var room = queue.Writer.WaitToWriteAsync(stop);
        room.IsCompleted.ShouldBeFalse();
        queue.Reader.Count.ShouldBe(2);
        queue.Reader.TryRead(out var item).ShouldBeTrue();
        item.ShouldBe(1);
        (await room.AsTask().WaitAsync(Watch.Patience, stop)).ShouldBeTrue();
        var completion = queue.Reader.Completion;
        queue.Writer.TryComplete().ShouldBeTrue();
        queue.Writer.TryComplete().ShouldBeFalse();
        (await queue.Writer.WaitToWriteAsync(stop)).ShouldBeFalse();
        queue.Writer.TryWrite(4).ShouldBeFalse();
        completion.IsCompleted.ShouldBeFalse();
        (await queue.Reader.WaitToReadAsync(stop)).ShouldBeTrue();
        (await queue.Reader.ReadAsync(stop)).ShouldBe(2);
        (await queue.Reader.WaitToReadAsync(stop)).ShouldBeFalse();
        await completion.WaitAsync(Watch.Patience, stop);
        await Should.ThrowAsync<System.Threading.Channels.ChannelClosedException>(async () => await queue.Writer.WriteAsync(5, stop));
    }

    [Fact]
    public void A_waiting_async_get_is_woken_by_another_participant()
    {
        using var other = new FakeParticipant(_session);
        using var queue = NewQueue<int>();
        using var theirs = other.Open<int>(queue);
        var get = queue.GetAsync(TestContext.Current.CancellationToken).AsTask();
        Thread.Sleep(50);
        theirs.Put(5);
        get.WaitAsync(Watch.Patience).GetAwaiter().GetResult().ShouldBe(5);
    }

    private ProcessQueue<T> NewQueue<T>(int? capacity = null) => new(_session, new ProcessQueueOptions { Capacity = capacity }, raw: true);

    private unsafe struct Big
    {
        public fixed byte Bytes[1024];
    }
}

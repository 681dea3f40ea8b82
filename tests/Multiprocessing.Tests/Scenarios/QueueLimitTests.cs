using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Full, empty, completed, done: a queue says so, after the time given and not before.</summary>
public class QueueLimitTests : ProcessTest
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.2);

    [Fact]
    public Task A_third_put_into_a_queue_of_two_throws_after_its_time() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>(capacity: 2).Watch();
        queue.Put(1);
        queue.Put(2);
        (queue.IsFull, queue.Count, queue.Capacity).ShouldBe((true, 2, 2));
        NotBefore(Short, () => Should.Throw<QueueFullException>(() => queue.Put(3, Short)));
        NotBefore(Short, () => queue.TryPut(3, Short).ShouldBeFalse());
        var watch = Stopwatch.StartNew();
        await Should.ThrowAsync<QueueFullException>(async () => await queue.PutAsync(3, Short));
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(Short);
        Should.Throw<QueueFullException>(() => queue.PutNoWait(3));
        queue.TryPut(3).ShouldBeFalse();
        queue.GetMany(2).ShouldBe([1, 2]);
    });

    [Fact]
    public Task A_get_from_an_empty_queue_throws_after_its_time() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        NotBefore(Short, () => Should.Throw<QueueEmptyException>(() => queue.Get(Short)));
        NotBefore(Short, () => queue.TryGet(out _, Short).ShouldBeFalse());
        var watch = Stopwatch.StartNew();
        await Should.ThrowAsync<QueueEmptyException>(async () => await queue.GetAsync(Short));
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(Short);
        Should.Throw<QueueEmptyException>(() => queue.GetNoWait());
        queue.TryGet(out _).ShouldBeFalse();
    });

    [Fact]
    public Task A_wait_can_be_cancelled() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>(capacity: 1).Watch();
        using (var soon = new CancellationTokenSource(100))
        {
            Should.Throw<OperationCanceledException>(() => queue.Get(soon.Token));
            await Should.ThrowAsync<OperationCanceledException>(async () => await queue.GetAsync(soon.Token));
        }

        queue.Put(1);
        using (var soon = new CancellationTokenSource(100))
        {
            Should.Throw<OperationCanceledException>(() => queue.Put(2, soon.Token));
            await Should.ThrowAsync<OperationCanceledException>(async () => await queue.PutAsync(2, soon.Token));
        }

        queue.Count.ShouldBe(1);
        queue.Get().ShouldBe(1);
    });

    [Fact]
    public Task A_waiting_put_goes_on_when_another_process_takes() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>(capacity: 1).Watch();
        queue.Put(1);
        using var taker = ChildProcess.Run(() =>
        {
            Thread.Sleep(200);
            return queue.Get();
        });
        queue.Put(2);
        taker.Take().ShouldBe(1);
        queue.Get().ShouldBe(2);
    });

    [Fact]
    public Task A_completed_queue_takes_no_more_and_gives_what_it_has() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        queue.Put(1);
        queue.Put(2);
        ChildProcess.Run(() => queue.Complete()).TakeFailure().ShouldBeNull();
        (queue.IsCompletionRequested, queue.IsCompleted).ShouldBe((true, false));
        Should.Throw<QueueCompletedException>(() => queue.Put(3));
        Should.Throw<QueueCompletedException>(() => queue.PutNoWait(3));
        await Should.ThrowAsync<QueueCompletedException>(async () => await queue.PutAsync(3));
        queue.Complete();
        queue.Count.ShouldBe(2);
        queue.ReadAll().ShouldBe([1, 2]);
        queue.IsCompleted.ShouldBeTrue();
        Should.Throw<QueueCompletedException>(() => queue.Get());
        await Should.ThrowAsync<QueueCompletedException>(async () => await queue.GetAsync());
    });

    [Fact]
    public Task Completing_wakes_waiters_in_other_processes() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        using var ready = new ProcessQueue<bool>().Watch("ready");
        var blocked = ChildProcess.Run(() =>
        {
            ready.Put(true);
            queue.Get();
        }, Ends.Quiet);
        var reading = ChildProcess.Run(async () =>
        {
            ready.Put(true);
            var count = 0;
            await foreach (var _ in queue.ReadAllAsync())
            {
                count++;
            }

            return count;
        });
        ready.GetMany(1);
        ready.GetMany(1);
        Thread.Sleep(100); // so that they sleep; nothing depends on it
        queue.Complete();
        blocked.TakeFailure().ShouldBeOfType<QueueCompletedException>();
        reading.Take().ShouldBe(0);
    });

    [Fact]
    public Task Items_are_all_done_only_when_each_was_marked() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        queue.WaitAllDone(); // nothing was put
        queue.Put(1);
        queue.Put(2);
        queue.WaitAllDone(Short).ShouldBeFalse();
        queue.Get();
        queue.Get();
        queue.WaitAllDone(Short).ShouldBeFalse("taken is not done");
        queue.MarkDone();
        NotBefore(Short, () => queue.WaitAllDone(Short).ShouldBeFalse());
        (await queue.WaitAllDoneAsync(Short)).ShouldBeFalse();
        queue.MarkDone();
        queue.WaitAllDone();
        (await queue.WaitAllDoneAsync(Short)).ShouldBeTrue();
    });

    [Fact]
    public Task Marking_more_than_was_taken_is_an_error_at_that_call() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        Should.Throw<InvalidOperationException>(() => queue.MarkDone());
        queue.Put(1);
        queue.Get();
        queue.MarkDone();
        Should.Throw<InvalidOperationException>(() => queue.MarkDone());
        queue.Put(2);
        queue.WaitAllDone(Short).ShouldBeFalse("the refused marks have not been counted ahead");
    });

    [Fact]
    public Task The_parent_waits_until_its_workers_have_done_everything() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        using var done = new ProcessQueue<int>().Watch("done");
        var workers = Enumerable.Range(0, 3).Select(_ => ChildProcess.Run(() =>
        {
            foreach (var item in queue.ReadAll())
            {
                done.Put(item);
                queue.MarkDone();
            }
        })).ToList();
        for (var i = 0; i < 300; i++)
        {
            queue.Put(i);
        }

        queue.WaitAllDone();
        done.Count.ShouldBe(300);
        queue.Complete();
        workers.ForEach(worker => worker.TakeFailure().ShouldBeNull());
        done.GetMany(300).Order().ShouldBe(Enumerable.Range(0, 300));
    });

    [Fact]
    public Task The_count_is_the_same_in_all_processes() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>(capacity: 5).Watch();
        queue.Put(1);
        queue.Put(2);
        ChildProcess.Run(() =>
        {
            queue.Put(3);
            return (queue.Count, queue.IsFull, queue.IsEmpty, queue.Capacity);
        }).Take().ShouldBe((3, false, false, 5));
        queue.Count.ShouldBe(3);
    });

    private static void NotBefore(TimeSpan time, Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(time);
    }
}

using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Waiting;

/// <summary>Waiting for several things in one process.</summary>
public sealed class ProcessWaitTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task The_index_of_the_ready_source_is_returned() => Watchdog.Run(async () =>
    {
        using var numbers = new ProcessQueue<int>();
        using var texts = new ProcessQueue<string>();
        using var flag = new ProcessEvent();
        using var count = new ProcessSemaphore(0);
        IProcessWaitable[] all = [numbers, texts, flag, count];
        ProcessWait.Any(all, TimeSpan.Zero, Stop).ShouldBe(-1);
        (await ProcessWait.AnyAsync(all, Short, Stop)).ShouldBe(-1);

        numbers.Put(1);
        ProcessWait.Any(all).ShouldBe(0);
        (await ProcessWait.AnyAsync(all)).ShouldBe(0);
        numbers.Get().ShouldBe(1); // waiting has taken nothing
        texts.Put("one");
        ProcessWait.Any(all).ShouldBe(1);
        texts.Get();
        flag.Set();
        ProcessWait.Any(all).ShouldBe(2);
        flag.Reset();
        count.Release();
        ProcessWait.Any(all).ShouldBe(3);
        count.Wait(TimeSpan.Zero, Stop).ShouldBeTrue();
        ProcessWait.Any(all, Short, Stop).ShouldBe(-1);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_sleeping_wait_ends_whichever_source_becomes_ready(bool isAsynchronous) => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>();
        using var manual = new ProcessEvent();
        using var automatic = new ProcessEvent(EventResetMode.AutoReset);
        using var count = new ProcessSemaphore(0);
        IProcessWaitable[] all = [queue, manual, automatic, count];
        Action[] changes = [() => queue.Put(1), manual.Set, automatic.Set, () => count.Release()];
        Action[] undo = [() => queue.Get(), manual.Reset, automatic.Reset, () => count.Wait()];
        for (var round = 0; round < 20; round++)
        {
            var which = round % changes.Length;
            var waiting = isAsynchronous
                ? ProcessWait.AnyAsync(all, Long, Stop).AsTask()
                : Task.Factory.StartNew(() => ProcessWait.Any(all, Long, Stop), Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (round >= 4)
            {
                await Task.Delay(10, Stop); // earlier rounds race with the registration
            }

            changes[which]();
            (await waiting).ShouldBe(which);
            undo[which]();
        }
    });

    [Fact]
    public Task All_ready_sources_are_returned_in_order() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>();
        using var flag = new ProcessEvent();
        using var count = new ProcessSemaphore(1);
        ProcessWait.Ready(queue, flag, count).ShouldBe([count]);
        queue.Put(1);
        ProcessWait.Ready([queue, flag, count], Long, Stop).ShouldBe([queue, count]);
        (await ProcessWait.ReadyAsync(queue, flag, count)).ShouldBe([queue, count]);
        queue.Get();
        count.Wait(Stop);
        ProcessWait.Ready([queue, flag, count], Short, Stop).ShouldBeEmpty();
        (await ProcessWait.ReadyAsync([queue, flag, count], Short, Stop)).ShouldBeEmpty();
        var waiting = ProcessWait.ReadyAsync(queue, flag, count);
        flag.Set();
        (await waiting).ShouldBe([flag]);
    });

    [Fact]
    public Task A_completed_queue_is_ready_and_a_completed_one_with_items_too() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>();
        var waiting = ProcessWait.AnyAsync([queue], Long, Stop);
        queue.Complete();
        (await waiting).ShouldBe(0);
        ProcessWait.Any(queue).ShouldBe(0);
        Should.Throw<QueueCompletedException>(() => queue.Get());
    });

    [Fact]
    public Task An_event_that_is_set_and_reset_at_once_ends_the_wait() => Watchdog.Run(async () =>
    {
        using var flag = new ProcessEvent();
        using var never = new ProcessQueue<int>();
        for (var round = 0; round < 50; round++)
        {
            var waiting = ProcessWait.AnyAsync([never, flag], Long, Stop);
            flag.Set();
            flag.Reset();
            (await waiting).ShouldBe(1);
        }
    });

    [Fact]
    public Task Time_token_and_bad_arguments_end_the_wait() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>();
        var watch = Stopwatch.StartNew();
        ProcessWait.Any([queue], TimeSpan.FromMilliseconds(200), Stop).ShouldBe(-1);
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(190));
        ProcessWait.Any([queue], TimeSpan.FromSeconds(-5), Stop).ShouldBe(-1); // time that is left may be negative

        using var source = new CancellationTokenSource(100);
        Should.Throw<OperationCanceledException>(() => ProcessWait.Any([queue], Timeout.InfiniteTimeSpan, source.Token)).CancellationToken.ShouldBe(source.Token);
        Should.Throw<OperationCanceledException>(() => ProcessWait.Ready([queue], Long, source.Token));
        await Should.ThrowAsync<OperationCanceledException>(async () => await ProcessWait.AnyAsync([queue], Long, source.Token));
        using var later = new CancellationTokenSource(50);
        await Should.ThrowAsync<OperationCanceledException>(async () => await ProcessWait.ReadyAsync([queue], Long, later.Token));

        Should.Throw<ArgumentException>(() => ProcessWait.Any()).ParamName.ShouldBe("sources");
        Should.Throw<ArgumentException>(() => ProcessWait.Ready([queue, null!], Short)).ParamName.ShouldBe("sources");
        await Should.ThrowAsync<ArgumentException>(async () => await ProcessWait.AnyAsync());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_source_that_is_disposed_ends_the_wait_with_an_error(bool isAsynchronous) => Watchdog.Run(async () =>
    {
        for (var kind = 0; kind < 3; kind++)
        {
            using var other = new ProcessQueue<int>();
            IProcessWaitable source = kind switch { 0 => new ProcessQueue<int>(), 1 => new ProcessEvent(), _ => new ProcessSemaphore(0) };
            var waiting = isAsynchronous
                ? ProcessWait.AnyAsync([other, source], Long, Stop).AsTask()
                : Task.Factory.StartNew(() => ProcessWait.Any([other, source], Long, Stop), Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Task.Delay(30, Stop);
            ((IDisposable)source).Dispose();
            await Should.ThrowAsync<ObjectDisposedException>(() => waiting);
            Should.Throw<ObjectDisposedException>(() => ProcessWait.Any(other, source));
            await Should.ThrowAsync<ObjectDisposedException>(async () => await ProcessWait.ReadyAsync(other, source));
        }
    });

    [Fact]
    public Task One_source_may_occur_twice_and_many_waits_may_use_it() => Watchdog.Run(async () =>
    {
        using var flag = new ProcessEvent();
        var waits = Enumerable.Range(0, 100).Select(_ => ProcessWait.AnyAsync([flag, flag], Long, Stop).AsTask()).ToArray();
        flag.Set();
        foreach (var index in await Task.WhenAll(waits))
        {
            index.ShouldBeInRange(0, 1);
        }

        ProcessWait.Ready(flag, flag).Count.ShouldBe(2);
    });

    [Fact]
    public Task No_wake_up_is_lost_between_the_check_and_the_sleep() => Watchdog.Run(async () =>
    {
        const int Rounds = 3_000;
        using var there = new ProcessQueue<int>();
        using var back = new ProcessQueue<int>();
        using var never = new ProcessEvent();
        var answerer = Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    ProcessWait.Any([never, there], Long, Stop).ShouldBe(1);
                    back.Put(there.Get());
                }
            },
            Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (var i = 0; i < Rounds; i++)
        {
            there.Put(i);
            (await ProcessWait.AnyAsync([back, never], Long, Stop)).ShouldBe(0);
            back.Get().ShouldBe(i);
        }

        await answerer;
    });

    [Fact]
    public Task A_wait_without_an_end_holds_no_thread_of_the_pool() => Watchdog.Run(async () =>
    {
        using var never = new ProcessQueue<int>();
        using var stop = new CancellationTokenSource();
        var before = ThreadPool.ThreadCount;
        var waits = Enumerable.Range(0, 500).Select(_ => ProcessWait.AnyAsync([never], Timeout.InfiniteTimeSpan, stop.Token).AsTask()).ToArray();
        await Task.Run(static () => { }, Stop).WaitAsync(Long, Stop); // behind waits that hold threads it would not run
        ThreadPool.ThreadCount.ShouldBeLessThan(before + (waits.Length / 2)); // tests of other classes have some more meanwhile
        await stop.CancelAsync();
        foreach (var wait in waits)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => wait);
        }
    });
}

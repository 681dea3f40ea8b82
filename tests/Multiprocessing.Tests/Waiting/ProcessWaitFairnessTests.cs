using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Waiting;

/// <summary>No source is starved, and a wait takes no notification away from other waiters.</summary>
public sealed class ProcessWaitFairnessTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly Session _session = Session.CreateRoot();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _session.Leave();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(12)]
    public Task Of_sources_that_are_always_ready_none_is_starved(int count) => Watchdog.Run(() =>
    {
        var sources = Enumerable.Range(0, count).Select(_ => new ProcessEvent(EventResetMode.ManualReset, initialState: true)).ToArray();
        var chosen = new int[count];
        for (var i = 0; i < count * 1_000; i++)
        {
            chosen[ProcessWait.Any(sources)]++;
        }

        chosen.ShouldAllBe(times => times > 800 && times < 1_200); // 1,000 each, and a deviation of more than six sigma
        Array.ForEach(sources, static source => source.Dispose());
    });

    [Fact]
    public Task A_ready_source_beside_a_busy_one_that_becomes_ready_is_served() => Watchdog.Run(() =>
    {
        using var busy = new ProcessQueue<int>();
        using var rare = new ProcessQueue<int>();
        busy.Put(0);
        var rounds = 0;
        rare.Put(1);
        while (ProcessWait.Any(busy, rare) == 0)
        {
            busy.Put(busy.Get());
            (++rounds).ShouldBeLessThan(1_000);
        }
    });

    [Fact]
    public Task An_item_wakes_the_asynchronous_get_of_another_process_although_a_wait_was_there_first() => Watchdog.Run(async () =>
    {
        // The wait is registered in this participant, the get in another one: the item's notification rings both.
        using var other = new FakeParticipant(_session);
        using var queue = new ProcessQueue<int>(_session, new ProcessQueueOptions(), raw: true);
        using var theirs = other.Open(queue);
        for (var round = 0; round < 50; round++)
        {
            var wait = ProcessWait.AnyAsync([queue], Long, Stop).AsTask();
            var get = theirs.GetAsync(Stop).AsTask();
            queue.Put(round);
            (await get.WaitAsync(Long, Stop)).ShouldBe(round); // the wait takes nothing, so the get must have it
            queue.Put(-1);
            (await wait).ShouldBe(0);
            queue.Get().ShouldBe(-1);
        }
    });

    [Fact]
    public Task An_item_wakes_the_asynchronous_get_of_the_same_process_although_waits_were_there_first() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>(_session, new ProcessQueueOptions(), raw: true);
        using var stop = new CancellationTokenSource();
        var registrations = Enumerable.Range(0, 10).Select(_ => queue.Core.DataWaiters.Observe(static () => { })).ToArray(); // signalled, and never withdrawn
        var get = queue.GetAsync(Stop).AsTask();
        var second = queue.GetAsync(Stop).AsTask();
        queue.Put(1);
        queue.Put(2);
        (await Task.WhenAll(get, second).WaitAsync(Long, Stop)).ShouldBe([1, 2], ignoreOrder: true); // both are awake; which one takes first is chance
        Array.ForEach(registrations, static registration => registration.Dispose());
    });

    [Fact]
    public Task An_item_wakes_the_blocking_get_of_another_process_although_a_wait_was_there_first() => Watchdog.Run(async () =>
    {
        using var other = new FakeParticipant(_session);
        using var queue = new ProcessQueue<int>(_session, new ProcessQueueOptions(), raw: true);
        using var theirs = other.Open(queue);
        using var never = new ProcessEvent(_session, EventResetMode.ManualReset, initialState: false);
        for (var round = 0; round < 20; round++)
        {
            var wait = ProcessWait.AnyAsync([never, queue], Long, Stop).AsTask();
            var get = Task.Factory.StartNew(() => theirs.Get(Long, Stop), Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Task.Delay(5, Stop);
            queue.Put(round);
            (await get).ShouldBe(round);
            queue.Put(-1);
            (await wait).ShouldBe(1);
            queue.Get();
        }
    });

    [Fact]
    public Task Waits_that_are_over_leave_no_registration() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>(_session, new ProcessQueueOptions(), raw: true);
        using var flag = new ProcessEvent(_session, EventResetMode.ManualReset, initialState: false);
        using var stop = new CancellationTokenSource();
        ProcessWait.Any([queue, flag], TimeSpan.FromMilliseconds(20), Stop).ShouldBe(-1);
        var cancelled = ProcessWait.AnyAsync([queue, flag], Long, stop.Token).AsTask();
        var ended = ProcessWait.AnyAsync([flag, queue], Long, Stop).AsTask();
        queue.Core.DataWaiters.IsUsed.ShouldBeTrue();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        queue.Put(1);
        (await ended).ShouldBe(1);
        queue.Core.DataWaiters.IsUsed.ShouldBeFalse();
        _session.Doorbells.IsUsed.ShouldBeFalse();
    });

    [Fact]
    public Task A_queue_whose_last_other_holder_was_killed_is_ready_for_the_error() => Watchdog.Run(async () =>
    {
        var other = new FakeParticipant(_session);
        using var queue = new ProcessQueue<int>(_session, new ProcessQueueOptions(), raw: true);
        other.Keep(other.Open(queue)).Put(1);
        queue.Get().ShouldBe(1);
        var waiting = ProcessWait.AnyAsync([queue], Long, Stop).AsTask();
        await Task.Delay(50, Stop);
        waiting.IsCompleted.ShouldBeFalse();
        other.Kill();
        (await waiting).ShouldBe(0);
        Should.Throw<QueueAbandonedException>(() => queue.Get());
    });
}

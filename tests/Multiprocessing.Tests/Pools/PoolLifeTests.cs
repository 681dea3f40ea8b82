using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Workers that start before there is work, stay without, and die on request; and a pool that ends synchronously.</summary>
public class PoolLifeTests : ProcessTest
{
    [Fact]
    public Task A_cancelled_warm_up_keeps_no_workers() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2, IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var source = new CancellationTokenSource();
        var warmUp = pool.WarmUpAsync(2, source.Token);
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(warmUp);
        Eventually.Is(() => pool.GetInsights().WorkersStarted == 2, "they start all the same");
        Eventually.Is(() => pool.ProcessIds.Count == 0, "and end when they were idle for long enough");
    });

    [Fact]
    public Task Disposal_leaves_a_thread_whose_task_has_passed_its_limit_and_has_no_grace() => Watchdog.Run(async () =>
    {
        using var release = new ProcessEvent();
        using var begun = new ProcessEvent();
        var pool = new ProcessPool(new()
        {
            Workers = 0,
            Timeout = TimeSpan.FromMilliseconds(100),
            CancellationGrace = Timeout.InfiniteTimeSpan,
            ShutdownGrace = TimeSpan.FromMilliseconds(100),
        });
        var task = pool.RunAsync(() =>
        {
            begun.Set();
            release.Wait();
        });
        begun.Wait();
        await Task.Delay(500);
        await pool.DisposeAsync();
        release.Set();
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    });

    [Fact]
    public Task MinWorkers_start_at_once_stay_idle_and_are_replaced() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 3, MinWorkers = 2, IdleTimeout = TimeSpan.FromMilliseconds(1) });
        Eventually.Is(() => pool.ProcessIds.Count == 2, "two workers have started without work");
        await pool.WarmUpAsync(2);
        var before = pool.ProcessIds.ToArray();
        await Task.Delay(300); // longer than IdleTimeout: they stay
        pool.ProcessIds.ShouldBe(before, ignoreOrder: true);
        pool.KillWorkers();
        Eventually.Is(() => pool.ProcessIds.Count == 2 && !pool.ProcessIds.Intersect(before).Any(), "both were replaced");
        (await pool.RunAsync(() => 42)).ShouldBe(42);
    });

    [Fact]
    public Task WarmUp_completes_when_the_workers_are_ready() => Watchdog.Run(async () =>
    {
        using var made = new SharedValue<int>();
        await using var pool = new ProcessPool(new() { Workers = 2, Initializer = () => made.Add(1) });
        await pool.WarmUpAsync(1);
        made.Value.ShouldBe(1);
        await pool.WarmUpAsync();
        made.Value.ShouldBe(2);
        pool.ProcessIds.Count.ShouldBe(2);
        await pool.WarmUpAsync(0);
        Should.Throw<ArgumentOutOfRangeException>(() => pool.WarmUpAsync(3));
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessPool(new() { Workers = 1, MinWorkers = 2 }));
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessPool(new() { MinWorkers = -1 }));
    });

    [Fact]
    public Task WarmUp_fails_with_what_broke_the_pool_and_with_its_end() => Watchdog.Run(async () =>
    {
        await using var broken = new ProcessPool(new() { Workers = 1, Initializer = () => throw new FormatException("no") });
        await Should.ThrowAsync<FormatException>(() => broken.WarmUpAsync());
        var pool = new ProcessPool(new() { Workers = 1, Initializer = () => Thread.Sleep(Timeout.Infinite), ShutdownGrace = TimeSpan.Zero });
        var warmUp = pool.WarmUpAsync();
        await pool.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(() => warmUp);
        Should.Throw<ObjectDisposedException>(() => pool.WarmUpAsync());
    });

    [Fact]
    public Task KillWorkers_fails_what_runs_retries_what_may_be_and_keeps_what_waits() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, MaxDeathsPerMinute = 1 });
        using var running = new ProcessEvent();
        var fails = pool.RunAsync(() =>
        {
            running.Set();
            Thread.Sleep(Timeout.Infinite);
        });
        var waits = pool.RunAsync(() => 42);
        running.Wait();
        pool.KillWorkers();
        (await Should.ThrowAsync<WorkerDiedException>(() => fails)).ExitStatus.Reason.ShouldBe(ExitReason.Killed);
        (await waits).ShouldBe(42);

        running.Reset();
        var retried = pool.RunAsync(
            () =>
            {
                running.Set();
                if (CurrentTask.Attempt == 1)
                {
                    Thread.Sleep(Timeout.Infinite);
                }

                return CurrentTask.Attempt;
            },
            new TaskOptions { MaxAttempts = 2 });
        running.Wait();
        pool.KillWorkers();
        (await retried).ShouldBe(2);
        pool.KillWorkers(); // while nothing runs: nothing fails, and MaxDeathsPerMinute does not count it
        (await pool.RunAsync(() => 7)).ShouldBe(7);
    });

    [Fact]
    public Task Dispose_ends_workers_and_tasks_and_needs_no_synchronization_context() => Watchdog.Run(async () =>
    {
        var pool = new ProcessPool(new() { Workers = 1, CancellationGrace = TimeSpan.FromMilliseconds(50) });
        using var running = new ProcessEvent();
        var task = pool.RunAsync(() =>
        {
            running.Set();
            Thread.Sleep(Timeout.Infinite);
        });
        running.Wait();
        var caller = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new NeverRuns());
            pool.Dispose();
            pool.Dispose();
        });
        caller.Start();
        caller.Join();
        await Should.ThrowAsync<ObjectDisposedException>(() => task);
        pool.ProcessIds.ShouldBeEmpty();
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.RunAsync(() => { }));
        using (var state = new ProcessPool<List<int>>(static () => [], new() { Workers = 1 }))
        {
            (await state.RunAsync(static list => list.Count)).ShouldBe(0);
        }
    });

    [Fact]
    public Task Calls_with_progress_end_without_the_synchronization_context_of_their_caller() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var sum = 0;
        var options = new MapOptions { Progress = new Slow() };
        var caller = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new NeverRuns());
            pool.MapAsync([], static (int item) => item, options).Wait();
            foreach (var result in pool.StreamAsync([1, 2, 3], static item => item, options).ToBlockingEnumerable())
            {
                sum += result;
            }
        })
        { IsBackground = true };
        caller.Start();
        caller.Join(TimeSpan.FromSeconds(60)).ShouldBeTrue();
        sum.ShouldBe(6);
    });

    /// <summary>The last report is still being delivered when the call is through with its items.</summary>
    private sealed class Slow : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value) => Thread.Sleep(100);
    }

    private sealed class NeverRuns : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }

        public override void Send(SendOrPostCallback d, object? state)
        {
        }
    }
}

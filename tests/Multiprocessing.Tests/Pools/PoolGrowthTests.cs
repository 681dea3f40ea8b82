using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>How many workers a pool starts for what waits, and what waits behind what.</summary>
public class PoolGrowthTests : ProcessTest
{
    private const int Short = 0;
    private const int Waits = 1;
    private const int Releases = 2;

    [Fact]
    public Task A_long_task_after_many_short_ones_of_its_method_keeps_none_behind_it() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 3 });
        using var released = new ProcessEvent();
        for (var i = 0; i < 2000; i++)
        {
            await pool.RunAsync(Act, Short, released);
        }

        // The second one would be ahead of nothing: it releases the first.
        var first = pool.RunAsync(Act, Waits, released);
        var second = pool.RunAsync(Act, Releases, released);
        await Task.WhenAll(first, second);
    });

    [Fact]
    public Task Tasks_behind_long_ones_are_run_by_workers_that_become_free_when_the_pool_may_not_grow() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        using var released = new ProcessEvent();
        await pool.WarmUpAsync(2);
        for (var i = 0; i < 2000; i++)
        {
            await pool.RunAsync(Act, Short, released);
        }

        var waiting = pool.RunAsync(Act, Waits, released);
        var others = Enumerable.Range(0, 50).Select(_ => pool.RunAsync(Act, Short, released)).ToList();
        await Task.WhenAll(others);
        waiting.IsCompleted.ShouldBeFalse();
        await pool.RunAsync(Act, Releases, released);
        await waiting;
    });

    [Fact]
    public Task A_pool_of_many_workers_starts_no_more_than_its_tasks_need() => Watchdog.Run(async () =>
    {
        // Far more workers than can be started before those that are ready have done the tasks.
        await using var pool = new ProcessPool(new() { Workers = 200 });
        var done = await pool.MapAsync(Enumerable.Range(0, 200), static item =>
        {
            Thread.Sleep(1);
            return item;
        });
        done.ShouldBe(Enumerable.Range(0, 200));
        pool.ProcessIds.Count.ShouldBeLessThan(200);
    });

    [Fact]
    public Task As_many_workers_as_tasks_that_wait_for_each_other_are_started() => Watchdog.Run(async () =>
    {
        const int Many = 12;
        await using var pool = new ProcessPool(new() { Workers = Many });
        using var barrier = new ProcessBarrier(Many);
        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => pool.RunAsync(() => barrier.SignalAndWait())));
        pool.ProcessIds.Count.ShouldBe(Many);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_long_initializer_holds_up_no_other_start(bool isOfTheProcess) => Watchdog.Run(async () =>
    {
        // Each initializer waits for all of them: paced by the number of processors they would never meet.
        const int Many = 10;
        using var barrier = new ProcessBarrier(Many);
        Action initializer = () => barrier.SignalAndWait();
        await using var pool = new ProcessPool(new()
        {
            Workers = Many,
            Initializer = isOfTheProcess ? null : initializer,
            Process = new() { Initializer = isOfTheProcess ? initializer : null },
        });
        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => pool.RunAsync(static () => Thread.Sleep(1))));
    });

    private static void Act(int what, ProcessEvent released)
    {
        if (what == Waits)
        {
            released.Wait();
        }
        else if (what == Releases)
        {
            released.Set();
        }
    }
}

using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class PoolTests : ProcessTest
{
    private static int Twice(int value) => value * 2;

    /// <summary>Runs a number of tasks, each of which waits for all the others, and counts the workers that ran them.</summary>
    private static async Task<int> Meeting(ProcessPool pool, int count)
    {
        using var barrier = new ProcessBarrier(count);
        var processes = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => pool.RunAsync(Meet, barrier)));
        return processes.Distinct().Count();
    }

    private static int Meet(ProcessBarrier barrier)
    {
        barrier.SignalAndWait();
        return Environment.ProcessId;
    }

    [Fact]
    public Task Bodies_of_every_form_run_in_another_process() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var captured = 5;
        (await pool.RunAsync(() => Environment.ProcessId)).ShouldNotBe(Environment.ProcessId);
        (await pool.RunAsync(Twice, 21)).ShouldBe(42);
        (await pool.RunAsync(() => captured + 1)).ShouldBe(6);
        (await pool.RunAsync((int a, string b) => a + b, 1, "x")).ShouldBe("1x");
        (await pool.RunAsync((int a, int b, int c) => a + b + c, 1, 2, 3)).ShouldBe(6);
        (await pool.RunAsync((int a, int b, int c, int d) => a + b + c + d, 1, 2, 3, 4)).ShouldBe(10);
        (await pool.RunAsync(
            async (int a) =>
            {
                await Task.Delay(1);
                return a + 1;
            },
            1)).ShouldBe(2);
        using var ran = new ProcessEvent();
        await pool.RunAsync(ran.Set);
        ran.IsSet.ShouldBeTrue();
        ran.Reset();
        await pool.RunAsync(async () =>
        {
            await Task.Yield();
            ran.Set();
        });
        ran.IsSet.ShouldBeTrue();
    });

    [Fact]
    public Task A_map_gives_results_in_order_whatever_the_items_are() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        (await pool.MapAsync(Enumerable.Range(0, 10_000), item => item * 2L)).ShouldBe(Enumerable.Range(0, 10_000).Select(item => item * 2L));
        (await pool.MapAsync(Enumerable.Range(0, 1000).Select(item => $"{item}"), item => item + "!")).ShouldBe(Enumerable.Range(0, 1000).Select(item => $"{item}!"));
        (await pool.MapAsync(Enumerable.Range(0, 100).Select(item => (item, item + 1)), (a, b) => a * b)).ShouldBe(Enumerable.Range(0, 100).Select(item => item * (item + 1)));
        (await pool.MapAsync(Enumerable.Range(0, 100), async item =>
        {
            await Task.Yield();
            return item;
        })).ShouldBe(Enumerable.Range(0, 100));
        (await pool.MapAsync(Array.Empty<int>(), item => item)).ShouldBeEmpty();
    });

    [Fact]
    public Task Large_arguments_and_results_cross_beside_small_ones() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        int[] sizes = [0, 10, 5_000, 40_000, 1_000_000, 3_000_000, 100, 20_000_000, 7];
        var results = await pool.MapAsync(sizes.Select(size => Enumerable.Repeat((byte)size, size).ToArray()), array => array.Append((byte)255).ToArray());
        for (var i = 0; i < sizes.Length; i++)
        {
            results[i].Length.ShouldBe(sizes[i] + 1);
            results[i].AsSpan(0, sizes[i]).IndexOfAnyExcept((byte)sizes[i]).ShouldBe(-1);
            results[i][^1].ShouldBe((byte)255);
        }
    });

    [Fact]
    public Task A_stream_gives_results_in_order_or_as_they_come() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var inOrder = new List<int>();
        await foreach (var result in pool.StreamAsync(Enumerable.Range(0, 20_000), item => item + 1))
        {
            inOrder.Add(result);
        }

        inOrder.ShouldBe(Enumerable.Range(1, 20_000));
        var asTheyCome = new List<int>();
        await foreach (var result in pool.StreamAsync(Later(500), item => item + 1, new() { Ordered = false }))
        {
            asTheyCome.Add(result);
        }

        asTheyCome.Order().ShouldBe(Enumerable.Range(1, 500));

        static async IAsyncEnumerable<int> Later(int count)
        {
            for (var i = 0; i < count; i++)
            {
                if (i % 50 == 0)
                {
                    await Task.Delay(1);
                }

                yield return i;
            }
        }
    });

    [Fact]
    public Task What_a_source_throws_comes_after_the_results_before_it() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var got = 0;
        await Should.ThrowAsync<InvalidDataException>(async () =>
        {
            await foreach (var result in pool.StreamAsync(Source(), item => item))
            {
                result.ShouldBe(got++);
            }
        });
        got.ShouldBe(100);

        static IEnumerable<int> Source()
        {
            for (var i = 0; i < 100; i++)
            {
                yield return i;
            }

            throw new InvalidDataException("the source");
        }
    });

    [Fact]
    public Task ForEach_runs_each_item_once() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        using var counts = new SharedArray<int>(1000);
        await pool.ForEachAsync(Enumerable.Range(0, 1000), item => Interlocked.Increment(ref counts.Span[item]));
        counts.ToArray().ShouldAllBe(count => count == 1);
    });

    [Fact]
    public Task Each_worker_has_a_state_of_its_own_that_is_disposed_of_at_its_end() => Watchdog.Run(async () =>
    {
        using var disposed = new SharedValue<int>(0);
        var made = new ConcurrentState(disposed);
        int[] processes;
        await using (var pool = new ProcessPool<StateOfWorker>(made.Make, new() { Workers = 2, ShutdownGrace = TimeSpan.FromSeconds(60) }))
        {
            processes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => pool.RunAsync(state => state.ProcessId)));
            (await pool.RunAsync((StateOfWorker state, int add) => state.Count + add, 5)).ShouldBeGreaterThanOrEqualTo(5);
            await pool.ShutdownAsync();
        }

        processes.Distinct().Count().ShouldBeInRange(1, 2);
        disposed.Value.ShouldBeInRange(processes.Distinct().Count(), 2);
    });

    [Fact]
    public Task An_initializer_that_throws_ends_the_pool_with_its_exception() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2, Initializer = () => throw new InvalidDataException("no model") });
        (await Should.ThrowAsync<InvalidDataException>(pool.RunAsync(() => 1))).Message.ShouldBe("no model");
        (await Should.ThrowAsync<InvalidDataException>(pool.MapAsync([1, 2], item => item))).Message.ShouldBe("no model");
    });

    [Fact]
    public Task Workers_that_die_before_they_are_ready_do_not_storm() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2, MaxFailedStarts = 3, Initializer = () => Environment.Exit(3) });
        await Should.ThrowAsync<PoolBrokenException>(pool.RunAsync(() => 1));
        await Should.ThrowAsync<PoolBrokenException>(pool.RunAsync(() => 1));
    });

    [Fact]
    public Task A_higher_priority_goes_first() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        using var go = new ProcessEvent();
        using var begun = new ProcessEvent();
        using var order = new ProcessQueue<int>();
        var first = pool.RunAsync(() =>
        {
            begun.Set();
            go.Wait();
        });
        begun.Wait();
        var tasks = Enumerable.Range(0, 5).Select(priority => pool.RunAsync(() => order.Put(priority), new() { Priority = priority })).ToList();
        go.Set();
        await Task.WhenAll([first, .. tasks]);
        Enumerable.Range(0, 5).Select(_ => order.Get()).ShouldBe([4, 3, 2, 1, 0]);
    });

    [Fact]
    public Task Idle_workers_end_and_new_ones_start() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2, IdleTimeout = TimeSpan.FromMilliseconds(100) });
        var before = await pool.RunAsync(() => Environment.ProcessId);
        Eventually.IsGone(before);
        (await pool.RunAsync(() => Environment.ProcessId)).ShouldNotBe(before);
    });

    [Fact]
    public Task A_pool_grows_and_shrinks() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        async Task<int> Used() => (await pool.MapAsync(Enumerable.Range(0, 12), _ =>
        {
            Thread.Sleep(100);
            return Environment.ProcessId;
        })).Distinct().Count();

        (await Used()).ShouldBe(1);
        await pool.ResizeAsync(3);
        (await Meeting(pool, 3)).ShouldBe(3);
        await pool.ResizeAsync(1);
        pool.ProcessIds.Count.ShouldBe(1);
        (await Used()).ShouldBe(1);
    });

    [Fact]
    public Task Shutdown_finishes_what_it_has_and_takes_no_more() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var tasks = Enumerable.Range(0, 50).Select(item => pool.RunAsync(
            value =>
            {
                Thread.Sleep(2);
                return value;
            },
            item)).ToList();
        await pool.ShutdownAsync();
        tasks.ShouldAllBe(task => task.IsCompletedSuccessfully);
        await Should.ThrowAsync<ObjectDisposedException>(pool.RunAsync(() => 1));
    });

    [Fact]
    public Task Dispose_ends_in_bounded_time_with_tasks_that_never_would() => Watchdog.Run(async () =>
    {
        var pool = new ProcessPool(new() { Workers = 2 });
        using var begun = new ProcessSemaphore(0);
        var tasks = Enumerable.Range(0, 10).Select(_ => pool.RunAsync(() =>
        {
            begun.Release();
            while (true)
            {
            }
        })).ToList();
        begun.Wait();
        begun.Wait();
        var watch = Stopwatch.StartNew();
        await pool.DisposeAsync();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        foreach (var task in tasks)
        {
            await Should.ThrowAsync<ObjectDisposedException>(task);
        }
    });

    [Fact]
    public Task A_task_of_a_pool_may_use_a_pool_of_its_own() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var sums = await pool.MapAsync(Enumerable.Range(0, 3), async item =>
        {
            await using var inner = new ProcessPool(new() { Workers = 1 });
            return (await inner.MapAsync(Enumerable.Range(0, 10), value => value + item)).Sum();
        });
        sums.ShouldBe([45, 55, 65]);
    });

    [Fact]
    public Task Several_threads_and_continuations_use_one_pool() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var sums = await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
        {
            var sum = 0;
            for (var i = 0; i < 200; i++)
            {
                sum += await pool.RunAsync(value => value, i).ContinueWith(done => pool.RunAsync(value => value + 1, done.Result), TaskContinuationOptions.ExecuteSynchronously).Unwrap();
            }

            return sum;
        })));
        sums.ShouldAllBe(sum => sum == Enumerable.Range(1, 200).Sum());
    });

    [Fact]
    public Task MaxPending_holds_callers_back() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, MaxPending = 2 });
        using var go = new ProcessEvent();
        using var begun = new SharedValue<int>(0);
        var tasks = Enumerable.Range(0, 6).Select(_ => pool.RunAsync(() =>
        {
            begun.Add(1);
            go.Wait();
        })).ToList();
        Eventually.Is(() => begun.Value == 1, "the first one runs");
        go.Set();
        await Task.WhenAll(tasks);
        begun.Value.ShouldBe(6);
    });

    [Fact]
    public Task How_a_worker_ended_is_in_the_error() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, Process = new() { StandardError = ProcessOutput.Discard } });
        (await Should.ThrowAsync<WorkerDiedException>(pool.RunAsync(() => Environment.Exit(7)))).ExitStatus.Code.ShouldBe(7);
        var failed = await Should.ThrowAsync<WorkerDiedException>(pool.RunAsync(() => Environment.FailFast("the disk is gone")));
        failed.ExitStatus.Reason.ShouldBe(ExitReason.FailFast);
        failed.StandardErrorTail.ShouldContain("the disk is gone");
        failed.Message.ShouldContain("the disk is gone");
        if (Here.IsNoWine)
        {
            // Wine 8 does not get through the runtime's report of it.
            var overflow = await Should.ThrowAsync<WorkerDiedException>(pool.RunAsync(() => Deeper(0)));
            overflow.ExitStatus.Reason.ShouldBe(ExitReason.StackOverflow);
        }

        (await pool.RunAsync(() => 1)).ShouldBe(1);
    });

    [Fact]
    public Task Handles_of_this_library_cross_into_tasks_and_back() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        using var queue = new ProcessQueue<int>();
        await pool.MapAsync(Enumerable.Range(0, 20).Select(item => (item, queue)), (item, target) =>
        {
            target.Put(item);
            return 0;
        });
        Enumerable.Range(0, 20).Select(_ => queue.Get()).Order().ShouldBe(Enumerable.Range(0, 20));
        using var made = await pool.RunAsync(() =>
        {
            var result = new ProcessQueue<string>();
            result.Put("from the worker");
            return result;
        });
        made.Get().ShouldBe("from the worker");
    });

    private static int Deeper(int depth) => Deeper(depth + 1) + 1;

    private sealed class ConcurrentState(SharedValue<int> disposed)
    {
        private readonly SharedValue<int> _disposed = disposed;

        public StateOfWorker Make() => new(_disposed);
    }

    private sealed class StateOfWorker(SharedValue<int> disposed) : IDisposable
    {
        public int ProcessId { get; } = Environment.ProcessId;

        public int Count { get; set; }

        public void Dispose() => disposed.Add(1);
    }
}

using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/pools.md, crashes-and-timeouts.md and process-wide-state.md.</summary>
public class PoolPages
{
    private static int _counter;

    [Fact]
    public async Task Any_kind_of_pool()
    {
        #region pool-interface
        static async Task<long> SizeOf(IProcessPool pool, string folder)
        {
            long[] sizes = await pool.MapAsync(Directory.GetFiles(folder), file => new FileInfo(file).Length);
            return sizes.Sum();
        }

        await using IProcessPool pool = new ProcessPool();
        long size = await SizeOf(pool, ".");
        #endregion
        size.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Tasks_share_an_input()
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var table = Enumerable.Range(0, 10_000).ToDictionary(i => $"word {i}", i => i);
        #region pool-share
        using var shared = pool.Share(table); // serialized once
        int[] found = await pool.MapAsync(Enumerable.Range(0, 100), i => shared.Value[$"word {i}"]); // no copy for each task
        #endregion
        found[99].ShouldBe(99);
    }

    [Fact]
    public async Task Tasks_run_in_worker_processes()
    {
        #region pool-first
        await using var pool = new ProcessPool(new() { Workers = 4 });
        int answer = await pool.RunAsync(() => 6 * 7);
        long[] squares = await pool.MapAsync(Enumerable.Range(0, 1_000), item => (long)item * item);
        #endregion
        answer.ShouldBe(42);
        squares[^1].ShouldBe(999L * 999);
    }

    [Fact]
    public async Task A_stream_holds_few_items()
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var total = 0L;
        #region pool-stream
        var options = new MapOptions { Ordered = false, MaxInFlight = 16 };
        await foreach (long length in pool.StreamAsync(Directory.EnumerateFiles("."), file => new FileInfo(file).Length, options))
        {
            total += length; // each result as soon as it is there; at most 16 files are on the way
        }
        #endregion
        total.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Each_item_has_its_own_outcome()
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var texts = new List<string>();
        #region pool-outcomes
        foreach (Outcome<int> outcome in await pool.MapOutcomesAsync([1, 0, 4], item => 12 / item))
        {
            texts.Add(outcome.IsSuccess ? $"{outcome.Result}" : outcome.Error!.Message);
        }
        #endregion
        texts.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Workers_keep_what_is_slow_to_make()
    {
        #region pool-state
        await using var pool = new ProcessPool<Dictionary<string, int>>(
            () => Enumerable.Range(0, 1000).ToDictionary(number => $"word {number}"), // once in each worker
            options: new() { Workers = 2 });
        int[] numbers = await pool.MapAsync(["word 7", "b"], (table, word) => table.GetValueOrDefault(word, -1));
        #endregion
        numbers.ShouldBe([7, -1]);
    }

    [Fact]
    public async Task Progress_comes_back()
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var last = 0;
        #region pool-progress
        IProgress<int> progress = new Progress<int>(percent => last = percent);
        await pool.RunAsync(() =>
        {
            for (var percent = 10; percent <= 100; percent += 10)
            {
                progress.Report(percent); // arrives in order, before the task ends
            }
        });
        #endregion
        last.ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task A_task_that_takes_too_long_is_killed()
    {
        #region crash-timeout
        await using var pool = new ProcessPool(new() { Workers = 2, Timeout = TimeSpan.FromSeconds(5) });
        try
        {
            await pool.RunAsync(() => { while (true) { } });
        }
        catch (TimeoutException exception)
        {
            Console.WriteLine(exception.Message); // the worker was killed; the pool has started another one
        }

        int next = await pool.RunAsync(() => 1);
        #endregion
        next.ShouldBe(1);
    }

    [Fact]
    public async Task A_worker_that_dies_costs_one_task()
    {
        #region crash-died
        await using var pool = new ProcessPool(new() { Workers = 2, MaxAttempts = 2 });
        try
        {
            await pool.RunAsync(() => Environment.FailFast("the native library is broken"));
        }
        catch (WorkerDiedException exception)
        {
            Console.WriteLine($"{exception.ProcessId} ended with: {exception.ExitStatus}"); // after two attempts
        }
        #endregion
        (await pool.RunAsync(() => 3)).ShouldBe(3);
    }

    [Fact]
    public async Task Every_task_has_a_fresh_process()
    {
        #region state-fresh
        await using var pool = new ProcessPool(new() { Workers = 2, MaxTasksPerWorker = 1 });
        int[] counts = await pool.MapAsync(Enumerable.Range(0, 4), _ => ++_counter); // a static field
        #endregion
        counts.ShouldBe([1, 1, 1, 1]);
    }
}

using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Pools, their options and their insights.</summary>
public class PoolExamples
{
    [Fact]
    public async Task Process_pool()
    {
        #region ProcessPool
        await using var pool = new ProcessPool(new() { Workers = 4 });
        int answer = await pool.RunAsync((a, b) => a * b, 6, 7);
        long[] squares = await pool.MapAsync(Enumerable.Range(0, 1_000), item => (long)item * item);
        #endregion
        answer.ShouldBe(42);
        squares[^1].ShouldBe(999L * 999);
    }

    [Fact]
    public async Task Shared_input()
    {
        #region SharedInput<T>
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var prices = Enumerable.Range(0, 100_000).ToDictionary(i => $"article {i}", i => i * 0.5);
        using SharedInput<Dictionary<string, double>> shared = pool.Share(prices); // serialized once, rebuilt once in each worker
        double[] found = await pool.MapAsync(Enumerable.Range(0, 1_000), i => shared.Value[$"article {i}"]);
        Console.WriteLine(found[3]); // 1.5
        #endregion
        found[999].ShouldBe(499.5);
    }

    [Fact]
    public async Task Interface()
    {
        #region IProcessPool
        static async Task<long> SizeOf(IProcessPool pool, string folder) // works with each kind of pool
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
    public async Task Extensions()
    {
        #region ProcessPoolExtensions
        await using IProcessPool pool = new ProcessPool();
        int answer = await pool.RunAsync((a, b) => a * b, 6, 7);
        await foreach (string line in pool.StreamAsync([" a", "b "], text => text.Trim()))
        {
            Console.WriteLine(line);
        }
        #endregion
        answer.ShouldBe(42);
    }

    [Fact]
    public async Task A_pool_around_a_pool()
    {
        await using IProcessPool pool = new LoggingPool(new ProcessPool(new() { Workers = 0 }));
        (await pool.RunAsync(static (a, b) => a * b, 6, 7)).ShouldBe(42);
        (await pool.MapAsync([1, 2], static item => item * 2)).ShouldBe([2, 4]);
    }

    [Fact]
    public async Task Process_pool_with_state()
    {
        #region ProcessPool<TState>
        await using var pool = new ProcessPool<Dictionary<string, int>>(
            () => Enumerable.Range(0, 1_000).ToDictionary(number => $"word {number}")); // once in each worker
        int number = await pool.RunAsync((table, word) => table[word], "word 7");
        #endregion
        number.ShouldBe(7);
    }

    [Fact]
    public async Task Process_pool_options()
    {
        #region ProcessPoolOptions
        var options = new ProcessPoolOptions
        {
            Workers = 8,
            MaxTasksPerWorker = 100,             // then a new process replaces the worker
            MaxWorkerMemory = 512L << 20,        // 512 MiB
            Timeout = TimeSpan.FromSeconds(30),  // a task that runs longer is killed
            MaxAttempts = 2,                     // once more if a worker dies in a task
        };
        await using var pool = new ProcessPool(options);
        #endregion
        pool.Workers.ShouldBe(8);
    }

    [Fact]
    public async Task Task_options()
    {
        #region TaskOptions
        await using var pool = new ProcessPool();
        var urgent = new TaskOptions { Name = "thumbnail", Priority = 1, Timeout = TimeSpan.FromSeconds(5) };
        int length = await pool.RunAsync(text => text.Length, "page 1", urgent);
        #endregion
        length.ShouldBe(6);
    }

    [Fact]
    public async Task Map_options()
    {
        #region MapOptions
        await using var pool = new ProcessPool();
        var total = 0L;
        var options = new MapOptions { Ordered = false, MaxInFlight = 16 };
        await foreach (long size in pool.StreamAsync(Directory.EnumerateFiles("."), file => new FileInfo(file).Length, options))
        {
            total += size; // in the order in which the results arrive
        }
        #endregion
        total.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Current_task()
    {
        #region CurrentTask
        await using var pool = new ProcessPool();
        string text = await pool.RunAsync(() =>
        {
            CurrentTask.CancellationToken.ThrowIfCancellationRequested();
            return $"attempt {CurrentTask.Attempt} in worker {CurrentTask.WorkerNumber} of {CurrentTask.PoolName}";
        });
        Console.WriteLine(text); // attempt 1 in worker 1 of Pool-1
        #endregion
        text.ShouldStartWith("attempt 1 in worker ");
    }

    [Fact]
    public async Task Outcomes()
    {
        #region Outcome<T>
        await using var pool = new ProcessPool();
        foreach (Outcome<int> outcome in await pool.MapOutcomesAsync([1, 0, 4], item => 12 / item))
        {
            Console.WriteLine(outcome.IsSuccess ? $"{outcome.Index}: {outcome.Result}" : $"{outcome.Index} failed: {outcome.Error!.Message}");
        }
        #endregion
        (await pool.MapOutcomesAsync([1, 0, 4], item => 12 / item)).Select(outcome => outcome.IsSuccess).ShouldBe([true, false, true]);
    }

    [Fact]
    public async Task Pool_insights()
    {
        #region PoolInsights
        await using var pool = new ProcessPool();
        await pool.MapAsync(Enumerable.Range(0, 100), item => item * item);
        PoolInsights insights = pool.GetInsights();
        Console.WriteLine($"{insights.WorkersStarted} workers were busy for {insights.Utilization:P0} of their time.");
        Console.WriteLine(insights); // tables of workers and tasks, and conclusions
        #endregion
        insights.WorkersStarted.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Task_insights()
    {
        #region TaskInsights
        await using var pool = new ProcessPool();
        await pool.RunAsync(() => Thread.Sleep(10), new TaskOptions { Name = "import" });
        TaskInsights import = pool.GetInsights().Tasks.Single(task => task.Name == "import");
        Console.WriteLine($"{import.Succeeded} succeeded, {import.Failed} failed, half of them within {import.WorkingTime.Median}");
        #endregion
        import.Succeeded.ShouldBe(1);
    }

    [Fact]
    public async Task Worker_insights()
    {
        #region WorkerInsights
        await using var pool = new ProcessPool();
        await pool.RunAsync(() => { });
        foreach (WorkerInsights worker in pool.GetInsights().Workers)
        {
            Console.WriteLine($"Worker {worker.Number} (pid {worker.ProcessId}) has completed {worker.TasksCompleted} tasks.");
        }
        #endregion
        pool.GetInsights().Workers.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Worker_activity()
    {
        #region WorkerActivity
        await using var pool = new ProcessPool();
        await pool.RunAsync(() => { });
        int idle = pool.GetInsights().Workers.Count(worker => worker.Activity is WorkerActivity.Idle);
        Console.WriteLine($"{idle} workers have nothing to do.");
        #endregion
        idle.ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Time_distribution()
    {
        #region TimeDistribution
        await using var pool = new ProcessPool();
        await pool.RunAsync(() => { });
        TimeDistribution waiting = pool.GetInsights().Tasks[0].WaitingTime;
        Console.WriteLine($"Half of the tasks started within {waiting.Median}, 99 % within {waiting.Percentile(0.99)}.");
        #endregion
        waiting.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Worker_died()
    {
        #region WorkerDiedException
        await using var pool = new ProcessPool(new() { Workers = 2 });
        try
        {
            await pool.RunAsync(() => Environment.FailFast("The native library is broken."));
        }
        catch (WorkerDiedException exception)
        {
            Console.WriteLine($"Worker {exception.ProcessId} died in '{exception.TaskName}': {exception.ExitStatus}");
        }

        int next = await pool.RunAsync(() => 1); // another worker runs it
        #endregion
        next.ShouldBe(1);
    }

    [Fact]
    public async Task Pool_broken()
    {
        #region PoolBrokenException
        await using var pool = new ProcessPool(new() { Workers = 1, MaxAttempts = 10, MaxDeathsPerMinute = 2 });
        try
        {
            await pool.RunAsync(() => Environment.Exit(1));
        }
        catch (PoolBrokenException exception)
        {
            Console.WriteLine(exception.Message); // find out why workers die, then create another pool
        }
        #endregion
        await Should.ThrowAsync<PoolBrokenException>(() => pool.RunAsync(() => 1));
    }

    [Fact]
    public async Task Pool_progress()
    {
        #region PoolProgress
        var progress = new Progress<PoolProgress>(now => Console.WriteLine(now)); // 581 of 1000, 103/s, 0:00:04 left
        await using var pool = new ProcessPool();
        int[] lengths = await pool.MapAsync(Directory.GetFiles("."), path => path.Length, new() { Progress = progress });
        #endregion
        lengths.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Pool_progress_state()
    {
        #region PoolProgressState
        var progress = new Progress<PoolProgress>(now =>
        {
            if (now.State == PoolProgressState.Stopped)
            {
                Console.WriteLine($"Stopped after {now.Completed} items.");
            }
        });
        await using var pool = new ProcessPool();
        await pool.MapAsync(Enumerable.Range(0, 10), number => number * 2, new() { Progress = progress });
        #endregion
    }

    [Fact]
    public async Task Pool_status()
    {
        #region ProcessPoolStatus
        var pool = new ProcessPool();
        await pool.ShutdownAsync();
        bool takesTasks = pool.Status == ProcessPoolStatus.Running;
        #endregion
        takesTasks.ShouldBeFalse();
        pool.Status.ShouldBe(ProcessPoolStatus.Ended);
    }
}

/// <summary>Writes a line for each call.</summary>
internal sealed class LoggingPool(IProcessPool inner) : IProcessPool
{
    public string Name => inner.Name;

    public int Workers => inner.Workers;

    public ProcessPoolStatus Status => inner.Status;

    public Exception? Failure => inner.Failure;

    #region PoolCall<TResult>
    // In a class that implements IProcessPool around another pool:
    public Task<TResult> RunAsync<TResult>(PoolCall<TResult> call, TaskOptions? options = null, CancellationToken token = default)
    {
        Console.WriteLine($"{options?.Name ?? call.Name} begins.");
        return inner.RunAsync(call, options, token);
    }
    #endregion

    #region ItemBody<TItem, TResult>
    // In a class that implements IProcessPool around another pool:
    public Task<TResult[]> MapAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken token = default)
    {
        Console.WriteLine($"{options?.Name ?? body.Name} begins for the items.");
        return inner.MapAsync(source, body, options, token);
    }
    #endregion

    public Task<Outcome<TResult>[]> MapOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken token = default) =>
        inner.MapOutcomesAsync(source, body, options, token);

    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken token = default) =>
        inner.StreamOutcomesAsync(source, body, options, token);

    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
        IAsyncEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken token = default) =>
        inner.StreamOutcomesAsync(source, body, options, token);

    public PoolInsights GetInsights() => inner.GetInsights();

    public Task ShutdownAsync(CancellationToken token = default) => inner.ShutdownAsync(token);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

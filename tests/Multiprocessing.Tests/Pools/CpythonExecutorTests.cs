using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Pools;

/// <summary>CPython 3.13's <c>test_concurrent_futures</c>, what it has for processes, by meaning, each under its original's name. docs/internals/cpython-tests.md lists them all.</summary>
public class CpythonExecutorTests : ProcessTest
{
    [Fact]
    public Task Executor_test_submit() => With(2, async pool => (await pool.RunAsync(Power, 2, 8)).ShouldBe(256));

    [Fact]
    public Task Executor_test_map() => With(2, async pool =>
    {
        var pairs = Enumerable.Range(0, 10).Select(i => (i, 2)).ToArray();
        (await pool.MapAsync(pairs, static pair => Power(pair.i, pair.Item2))).ShouldBe(pairs.Select(pair => Power(pair.i, pair.Item2)));
    });

    [Fact]
    public Task Executor_test_map_exception() => With(1, async pool =>
    {
        await using var results = pool.StreamAsync([(1, 1), (1, 1), (0, 1), (1, 0)], static pair => Math.DivRem(pair.Item1, pair.Item2)).GetAsyncEnumerator();
        foreach (var expected in new[] { (1, 0), (1, 0), (0, 0) })
        {
            (await results.MoveNextAsync()).ShouldBeTrue();
            results.Current.ShouldBe(expected);
        }

        await Should.ThrowAsync<DivideByZeroException>(async () => await results.MoveNextAsync());
    });

    [Fact]
    public Task Executor_test_map_timeout() => With(2, async pool =>
    {
        var outcomes = await pool.MapOutcomesAsync([0, 0, 60], Doze, new MapOptions { Timeout = TimeSpan.FromSeconds(8) });
        outcomes.Select(outcome => outcome.IsSuccess).ShouldBe([true, true, false]);
        outcomes[2].Error.ShouldBeOfType<TimeoutException>();
    });

    [Fact]
    public Task Executor_test_shutdown_race_issue12456() => With(2, async pool =>
    {
        for (var i = 0; i < 20; i++)
        {
            _ = pool.RunAsync(static () => { });
        }

        await pool.ShutdownAsync();
    });

    // 0 is no error here: tasks run in this process (InProcessPoolTests).
    [Fact]
    public Task Executor_test_max_workers_negative() => Watchdog.Run(() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessPool(new ProcessPoolOptions { Workers = -1 })));

    [Fact]
    public Task ProcessPoolExecutor_test_killed_child() => With(1, async pool =>
    {
        // There the whole pool is broken; here only the task.
        using var runs = new ProcessQueue<int>();
        var doomed = pool.RunAsync(Announce, runs);
        var worker = runs.Get();
        Posix.Signal(worker, Posix.SigKill);
        (await Should.ThrowAsync<WorkerDiedException>(() => doomed)).ProcessId.ShouldBe(worker);
        (await pool.RunAsync(Power, 2, 8)).ShouldBe(256);
    });

    [Fact]
    public Task ProcessPoolExecutor_test_traceback() => With(1, async pool =>
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Fail));
        error.Message.ShouldBe("123");
        error.ToString().ShouldContain(nameof(Fail));
    });

    [Fact]
    public Task ProcessPoolExecutor_test_saturation() => With(3, async pool =>
    {
        using var places = new ProcessSemaphore(0);
        var tasks = Enumerable.Range(0, 15 * 3).Select(_ => pool.RunAsync(static semaphore => semaphore.Wait(), places)).ToArray();
        for (var i = 0; i < tasks.Length; i++)
        {
            places.Release();
        }

        await Task.WhenAll(tasks);
    });

    [Fact]
    public Task ProcessPoolExecutor_test_idle_process_reuse_one() => With(4, async pool =>
    {
        var workers = new HashSet<int>();
        for (var i = 0; i < 3; i++)
        {
            workers.Add(await pool.RunAsync(static () => Environment.ProcessId));
        }

        workers.Count.ShouldBe(1);
    });

    [Fact]
    public Task ProcessPoolExecutor_test_max_tasks_per_child() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1, MaxTasksPerWorker = 3 });
        var workers = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            workers.Add(await pool.RunAsync(static () => Environment.ProcessId));
        }

        workers[..3].Distinct().ShouldHaveSingleItem();
        workers[3].ShouldNotBe(workers[0]);
    });

    [Fact]
    public Task ProcessPoolExecutor_test_max_tasks_early_shutdown() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 3, MaxTasksPerWorker = 1 });
        var tasks = Enumerable.Range(0, 6).Select(i => pool.RunAsync(Power, i, 2)).ToArray();
        await pool.ShutdownAsync();
        (await Task.WhenAll(tasks)).ShouldBe(Enumerable.Range(0, 6).Select(i => i * i));
    });

    [Fact]
    public Task ExecutorDeadlock_test_error_at_task_pickle() => Fails<Exception>(new Trouble(TroubleAt.Writing, TroubleKind.Error, InWorker: false));

    [Fact]
    public Task ExecutorDeadlock_test_exit_at_task_unpickle() => Fails<WorkerDiedException>(new Trouble(TroubleAt.Reading, TroubleKind.Exit, InWorker: true));

    [Fact]
    public Task ExecutorDeadlock_test_error_at_task_unpickle() => Fails<Exception>(new Trouble(TroubleAt.Reading, TroubleKind.Error, InWorker: true));

    [Fact]
    public Task ExecutorDeadlock_test_crash_at_task_unpickle() => Fails<WorkerDiedException>(new Trouble(TroubleAt.Reading, TroubleKind.Crash, InWorker: true));

    [Fact]
    public Task ExecutorDeadlock_test_crash_during_func_exec_on_worker() => Fails<WorkerDiedException>(static () => Trouble.Make(TroubleKind.Crash));

    [Fact]
    public Task ExecutorDeadlock_test_exit_during_func_exec_on_worker() => Fails<WorkerDiedException>(static () => Trouble.Make(TroubleKind.Exit));

    [Fact]
    public Task ExecutorDeadlock_test_error_during_func_exec_on_worker() => Fails<InvalidDataException>(static () => Trouble.Make(TroubleKind.Error));

    [Fact]
    public Task ExecutorDeadlock_test_crash_during_result_pickle_on_worker() => Fails<WorkerDiedException>(static () => new Trouble(TroubleAt.Writing, TroubleKind.Crash, InWorker: true));

    [Fact]
    public Task ExecutorDeadlock_test_exit_during_result_pickle_on_worker() => Fails<WorkerDiedException>(static () => new Trouble(TroubleAt.Writing, TroubleKind.Exit, InWorker: true));

    [Fact]
    public Task ExecutorDeadlock_test_error_during_result_pickle_on_worker() => Fails<Exception>(static () => new Trouble(TroubleAt.Writing, TroubleKind.Error, InWorker: true));

    [Fact]
    public Task ExecutorDeadlock_test_error_during_result_unpickle_in_result_handler() => Fails<Exception>(static () => new Trouble(TroubleAt.Reading, TroubleKind.Error, InWorker: false));

    [Fact]
    public Task ExecutorDeadlock_test_shutdown_deadlock() => With(2, async pool =>
    {
        var doomed = pool.RunAsync(static () =>
        {
            Thread.Sleep(100);
            Trouble.Make(TroubleKind.Crash);
        });
        await pool.ShutdownAsync();
        await Should.ThrowAsync<WorkerDiedException>(() => doomed);
    });

    [Fact]
    public Task ExecutorDeadlock_test_shutdown_deadlock_pickle() => With(2, async pool =>
    {
        (await pool.RunAsync(static x => x, 42)).ShouldBe(42);
        await Should.ThrowAsync<Exception>(() => pool.RunAsync(static (Trouble _) => 1, new Trouble(TroubleAt.Writing, TroubleKind.Error, InWorker: false)));
        await pool.ShutdownAsync();
    });

    [Fact]
    public Task ExecutorDeadlock_test_crash_big_data() => With(2, async pool =>
    {
        var data = new byte[8 << 20];
        await Should.ThrowAsync<WorkerDiedException>(() => pool.MapAsync(
            Enumerable.Repeat(data, 10),
            static bytes =>
            {
                Trouble.Make(TroubleKind.Crash);
                return bytes.Length;
            }));
        (await pool.RunAsync(Power, 2, 8)).ShouldBe(256);
    });

    [Fact]
    public Task ExecutorDeadlock_test_gh105829_should_not_deadlock_if_wakeup_pipe_full() => With(2, async pool =>
    {
        // What is full there does not exist here; many calls before the first worker is ready must get through all the same.
        var tasks = Enumerable.Range(0, 1000).Select(i => pool.RunAsync(Power, i, 1)).ToArray();
        (await Task.WhenAll(tasks)).ShouldBe(Enumerable.Range(0, 1000));
    });

    [Fact]
    public Task ExecutorShutdown_test_run_after_shutdown() => With(2, async pool =>
    {
        await pool.ShutdownAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Power, 2, 5));
    });

    [Fact]
    public Task ExecutorShutdown_test_hang_issue12364() => With(5, async pool =>
    {
        var tasks = Enumerable.Range(0, 50).Select(_ => pool.RunAsync(static () => Thread.Sleep(20))).ToArray();
        await pool.ShutdownAsync();
        tasks.ShouldAllBe(task => task.IsCompletedSuccessfully);
    });

    [Fact]
    public Task ExecutorShutdown_test_cancel_futures() => With(5, async pool =>
    {
        using var stop = new CancellationTokenSource();
        var tasks = Enumerable.Range(0, 50).Select(_ => pool.RunAsync(static () => Thread.Sleep(2000), cancellationToken: stop.Token)).ToArray();
        await stop.CancelAsync();
        await pool.ShutdownAsync();
        tasks.ShouldAllBe(task => task.IsCompleted);
        tasks.Count(task => task.IsCanceled).ShouldBeGreaterThan(20);
    });

    [Fact]
    public Task ExecutorShutdown_test_hang_gh94440() => With(1, async pool =>
    {
        await pool.RunAsync(static () => { });
        using var stop = new CancellationTokenSource();
        var cancelled = pool.RunAsync(static () => { }, cancellationToken: stop.Token);
        await stop.CancelAsync();
        await pool.ShutdownAsync();
        cancelled.IsCompleted.ShouldBeTrue();
    });

    [Fact]
    public Task ProcessPoolShutdown_test_processes_terminate() => With(3, async pool =>
    {
        using var places = new ProcessSemaphore(0);
        var tasks = Enumerable.Range(0, 3).Select(_ => pool.RunAsync(
            static semaphore =>
            {
                semaphore.Wait();
                return Environment.ProcessId;
            },
            places)).ToArray();
        places.Release(3);
        await pool.ShutdownAsync();
        foreach (var task in tasks)
        {
            Eventually.IsGone(task.Result);
        }
    });

    [Fact]
    public Task ProcessPoolShutdown_test_context_manager_shutdown() => Watchdog.Run(async () =>
    {
        int[] workers;
        await using (var pool = new ProcessPool(new ProcessPoolOptions { Workers = 5 }))
        {
            (await pool.MapAsync(Enumerable.Range(-5, 10), Math.Abs)).ShouldBe([5, 4, 3, 2, 1, 0, 1, 2, 3, 4]);
            workers = await pool.MapAsync(Enumerable.Range(0, 10), static _ => Environment.ProcessId);
        }

        Array.ForEach(workers, worker => Eventually.IsGone(worker));
    });

    [Fact]
    public Task Initializer_test_initializer() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 2, Initializer = static () => Initialized = "initialized" });
        (await pool.MapAsync(Enumerable.Range(0, 10), static _ => Initialized)).ShouldAllBe(text => text == "initialized");
        Initialized.ShouldBeNull();
    });

    [Fact]
    public Task FailingInitializer_test_initializer() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 2, Initializer = static () => throw new InvalidDataException("error in initializer") });
        var error = await Should.ThrowAsync<Exception>(() => pool.RunAsync(Power, 2, 5));
        error.ToString().ShouldContain("error in initializer");
        await Should.ThrowAsync<Exception>(() => pool.RunAsync(Power, 2, 5));
    });

    private static string? Initialized { get; set; }

    private static Task Fails<TException>(Trouble argument)
        where TException : Exception => With(2, async pool =>
    {
        await Should.ThrowAsync<TException>(() => pool.RunAsync(static (Trouble _) => 1, argument));
        (await pool.RunAsync(Power, 2, 8)).ShouldBe(256, "the pool goes on");
    });

    private static Task Fails<TException>(Action body)
        where TException : Exception => With(2, async pool =>
    {
        await Should.ThrowAsync<TException>(() => pool.RunAsync(body));
        (await pool.RunAsync(Power, 2, 8)).ShouldBe(256, "the pool goes on");
    });

    private static Task Fails<TException>(Func<Trouble> body)
        where TException : Exception => With(2, async pool =>
    {
        await Should.ThrowAsync<TException>(() => pool.RunAsync(body));
        (await pool.RunAsync(Power, 2, 8)).ShouldBe(256, "the pool goes on");
    });

    private static Task With(int workers, Func<ProcessPool, Task> test) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = workers, Process = Ends.Quiet });
        await test(pool);
    });

    private static int Power(int x, int y) => (int)Math.Pow(x, y);

    private static int Doze(int seconds)
    {
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        return seconds;
    }

    private static void Announce(ProcessQueue<int> runs)
    {
        runs.Put(Environment.ProcessId);
        Ends.Forever();
    }

    private static void Fail() => throw new InvalidOperationException("123");
}

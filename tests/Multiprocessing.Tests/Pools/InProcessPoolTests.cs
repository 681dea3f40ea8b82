using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// A pool with <c>Workers = 0</c> runs its tasks on a thread of this process, and behaves as one with workers: the same tests for both.
/// </summary>
public class InProcessPoolTests : ProcessTest
{
    private static int _static;

    /// <summary>
    /// The handles that a task has read are this process's own: they are let go of when they are collected, as in a worker that lives on. The thread
    /// of a task that was given up has them until its body ends, which may be after the first look.
    /// </summary>
    protected override void BeforeLook()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>In this process, and in a worker.</summary>
    public static TheoryData<int> Both => [0, 1];

    private static ProcessPoolOptions With(int workers) => new() { Workers = workers };

    private static int Twice(int item) => item * 2;

    private static async IAsyncEnumerable<T> Later<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            await Task.Yield();
            yield return item;
        }
    }

    private static async Task<List<T>> All<T>(IAsyncEnumerable<T> items)
    {
        List<T> all = [];
        await foreach (var item in items)
        {
            all.Add(item);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Both))]
    public Task All_forms_give_the_same_results(int workers) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(With(workers));
        int[] items = [1, 2, 3];
        int[] doubled = [2, 4, 6];
        (await pool.RunAsync(() => 42)).ShouldBe(42);
        (await pool.RunAsync(static async (a, b) =>
        {
            await Task.Yield();
            return a + b;
        }, 40, 2)).ShouldBe(42);
        (await pool.RunAsync(static item => new ValueTask<int>(item), 42)).ShouldBe(42);
        await pool.RunAsync(() => { });
        (await pool.MapAsync(items, Twice)).ShouldBe(doubled);
        (await pool.MapAsync(Enumerable.Range(0, 10_000), static item => item * 2)).ShouldBe(Enumerable.Range(0, 10_000).Select(Twice));
        (await pool.MapAsync([(1, 2), (3, 4)], static (a, b) => $"{a} {b}")).ShouldBe(["1 2", "3 4"]);
        (await pool.MapOutcomesAsync(items, static item => item == 2 ? throw new FormatException("two") : item)).Select(static outcome => outcome.IsSuccess).ShouldBe([true, false, true]);
        (await All(pool.StreamAsync(items, Twice))).ShouldBe(doubled);
        (await All(pool.StreamAsync(Later(items), static async item => await Task.FromResult(item * 2)))).ShouldBe(doubled);
        (await All(pool.StreamAsync(items, static item => item * 2, new MapOptions { Ordered = false }))).ShouldBe(doubled, ignoreOrder: true);
        (await All(pool.StreamOutcomesAsync(items, static item => item * 2))).Select(static outcome => outcome.Result).ShouldBe(doubled);
        using var sum = new SharedValue<int>();
        await pool.ForEachAsync(items, (item, token) => { sum.Add(item); });
        await pool.ForEachAsync(Later(items), async item =>
        {
            await Task.Yield();
            sum.Add(item);
        });
        sum.Value.ShouldBe(12);
        var large = new byte[5 << 20];
        large[^1] = 7;
        (await pool.RunAsync(static bytes => bytes, large)).ShouldBe(large);
        (await pool.MapAsync([large, large], static bytes => bytes[^1])).ShouldBe([7, 7]);
    });

    [Theory]
    [MemberData(nameof(Both))]
    public Task The_state_is_made_once_and_disposed_of(int workers) => Watchdog.Run(async () =>
    {
        using var made = new SharedValue<int>();
        using var disposed = new SharedValue<int>();
        using var initialized = new SharedValue<int>();
        using var ofProcess = new SharedValue<int>();
        var options = new ProcessPoolOptions
        {
            Workers = workers,
            ShutdownGrace = TimeSpan.FromSeconds(60), // a worker that is killed disposes of nothing
            Initializer = () => initialized.Add(1),
            Process = new() { Initializer = () => ofProcess.Add(1) },
        };
        await using (var pool = new ProcessPool<State>(() => new State(made, disposed), options))
        {
            (await pool.RunAsync(static state => ++state.Calls)).ShouldBe(1);
            (await pool.MapAsync([1, 2], static (state, item) => ++state.Calls)).ShouldBe([2, 3]);
            (await pool.RunAsync(static (state, a, token) => state.Calls + a, 1)).ShouldBe(4);
            await pool.ShutdownAsync();
        }

        (made.Value, disposed.Value, initialized.Value, ofProcess.Value).ShouldBe((1, 1, 1, 1));
    });

    [Theory]
    [MemberData(nameof(Both))]
    public Task Arguments_captures_and_results_are_copies(int workers) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(With(workers));
        List<int> list = [1];
        var captured = new[] { 1 };
        (await pool.RunAsync(
            given =>
            {
                given.Add(2);
                captured[0] = 5;
                return given.Count;
            },
            list)).ShouldBe(2);
        list.ShouldBe([1]);
        captured[0].ShouldBe(1);
        (await pool.RunAsync(static given => given, list)).ShouldNotBeSameAs(list);
        (await pool.MapAsync([list], static given =>
        {
            given.Clear();
            return given.Count;
        })).ShouldBe([0]);
        list.ShouldBe([1]);

        // What they share within one call stays shared, as with a worker.
        (await pool.RunAsync(static (a, b) => ReferenceEquals(a, b), list, list)).ShouldBeTrue();
    });

    [Theory]
    [MemberData(nameof(Both))]
    public Task What_cannot_cross_is_refused_alike(int workers) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(With(workers));
        var thread = Thread.CurrentThread;
        (await Should.ThrowAsync<NotSerializableException>(() => pool.RunAsync(() => thread.Name))).Path.ShouldContain("thread");
        await Should.ThrowAsync<NotSerializableException>(() => pool.RunAsync(static given => given.Name, thread));
        await Should.ThrowAsync<NotSerializableException>(() => pool.MapAsync([thread], static given => given.Name));
        (await Should.ThrowAsync<Exception>(() => pool.RunAsync(static () => Thread.CurrentThread))).ShouldBeOfType<NotSerializableException>().Path.ShouldBe("result");
        Should.Throw<NotSerializableException>(() => new ProcessPool(new() { Workers = workers, Initializer = () => thread.Join() }));
        (await pool.RunAsync(() => 42)).ShouldBe(42);
    });

    [Theory]
    [MemberData(nameof(Both))]
    public Task Exceptions_cross_alike(int workers) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(With(workers));
        var thrown = await Should.ThrowAsync<FormatException>(() => pool.RunAsync(static text => throw new FormatException(text, new TimeoutException("inner")), "bad"));
        thrown.Message.ShouldBe("bad");
        thrown.InnerException.ShouldBeOfType<TimeoutException>();
        thrown.StackTrace.ShouldNotBeNull().ShouldContain(nameof(Exceptions_cross_alike));
        var remote = await Should.ThrowAsync<RemoteException>(() => pool.RunAsync(static () => throw new Unwieldy(Thread.CurrentThread)));
        remote.TypeName.ShouldContain(nameof(Unwieldy));
        (await Should.ThrowAsync<FormatException>(() => pool.MapAsync([1, 2, 3], static int (item) => throw new FormatException($"{item}")))).Message.ShouldNotBeEmpty();
        await using var broken = new ProcessPool(new() { Workers = workers, Initializer = () => throw new FormatException("initializer") });
        (await Should.ThrowAsync<FormatException>(() => broken.RunAsync(() => 1))).Message.ShouldBe("initializer");
    });

    [Theory]
    [MemberData(nameof(Both))]
    public Task Tokens_reach_the_task_however_it_gets_them(int workers) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = workers, CancellationGrace = TimeSpan.FromSeconds(60) });
        using var running = new ProcessEvent();
        foreach (var form in (Func<CancellationToken, Task>[])
        [
            token => pool.RunAsync(() => WaitFor(running, token), cancellationToken: token),
            token => pool.RunAsync(static (event1, given) => WaitFor(event1, given), running, token, cancellationToken: token),
            token => pool.RunAsync(static (event1, given) => WaitFor(event1, given), running, cancellationToken: token),
            token => pool.RunAsync(() => WaitFor(running, CurrentTask.CancellationToken), cancellationToken: token),
            token => pool.RunAsync(
                async () =>
                {
                    await Task.Yield(); // on another thread
                    running.Set();
                    await Task.Delay(Timeout.Infinite, CurrentTask.CancellationToken);
                },
                cancellationToken: token),
            token => pool.MapAsync(
                [1],
                (item, given) =>
                {
                    WaitFor(running, given);
                    return item;
                },
                cancellationToken: token),
        ])
        {
            running.Reset();
            using var source = new CancellationTokenSource();
            var task = form(source.Token);
            running.Wait();
            await source.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => task);
        }

        (await pool.RunAsync(() => 42)).ShouldBe(42);
    });

    private static void WaitFor(ProcessEvent running, CancellationToken token)
    {
        running.Set();
        token.WaitHandle.WaitOne(TimeSpan.FromSeconds(60)).ShouldBeTrue();
        token.ThrowIfCancellationRequested();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public Task A_task_beyond_its_time_limit_fails_and_the_pool_goes_on(int workers) => Watchdog.Run(async () =>
    {
        using var end = new ProcessEvent();
        await using (var pool = new ProcessPool(new() { Workers = workers, CancellationGrace = TimeSpan.FromMilliseconds(100) }))
        {
            var limited = new TaskOptions { Timeout = TimeSpan.FromMilliseconds(100) };
            await Should.ThrowAsync<TimeoutException>(() => pool.RunAsync(() => end.Wait(), limited)); // heeds nothing
            (await pool.RunAsync(() => 42)).ShouldBe(42);
            await Should.ThrowAsync<TimeoutException>(() => pool.RunAsync(static token => Task.Delay(Timeout.Infinite, token), limited)); // heeds its token
            (await pool.RunAsync(() => 43)).ShouldBe(43);
            var limitOfBoth = new MapOptions { Timeout = TimeSpan.FromSeconds(6) }; // the second one must end within it, also on a busy machine
            var outcomes = await pool.MapOutcomesAsync([true, false], waits => waits && end.Wait(TimeSpan.FromSeconds(60)), limitOfBoth);
            outcomes[0].Error.ShouldBeOfType<TimeoutException>();
            outcomes[1].Result.ShouldBeFalse();
            pool.GetInsights().Tasks.Sum(static task => task.TimedOut).ShouldBe(3);
        }

        end.Set(); // threads cannot be killed; they end with their bodies
    });

    [Theory]
    [MemberData(nameof(Both))]
    public Task KillWorkers_retries_what_may_be_retried_and_fails_the_rest(int workers) => Watchdog.Run(async () =>
    {
        using var end = new ProcessEvent();
        using var running = new ProcessEvent();
        await using (var pool = new ProcessPool(With(workers)))
        {
            var fails = pool.RunAsync(() =>
            {
                running.Set();
                end.Wait();
            });
            var waits = pool.RunAsync(() => 42);
            running.Wait();
            pool.KillWorkers();
            var death = await Should.ThrowAsync<WorkerDiedException>(() => fails);
            death.ExitStatus.Reason.ShouldBe(ExitReason.Killed);
            (await waits).ShouldBe(42);
            running.Reset();
            var retried = pool.RunAsync(
                () =>
                {
                    running.Set();
                    return CurrentTask.Attempt == 1 && end.Wait(TimeSpan.FromSeconds(60)) ? 0 : CurrentTask.Attempt;
                },
                new TaskOptions { MaxAttempts = 2 });
            running.Wait();
            pool.KillWorkers();
            (await retried).ShouldBe(2);
        }

        end.Set();
    });

    [Theory]
    [MemberData(nameof(Both))]
    public Task Progress_and_loggers_lead_back(int workers) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(With(workers));
        var progress = new Reports();
        IProgress<int> reported = progress;
        using var factory = new ListLoggerFactory();
        ILogger logger = factory.CreateLogger("category");
        await pool.RunAsync(
            () =>
            {
                reported.Report(1);
                Task.Run(() => reported.Report(2)).Wait();
                logger.LogInformation("told {Number}", 3);
                var thread = new Thread(() => reported.Report(4));
                thread.UnsafeStart(); // without the flow of control
                thread.Join();
            });
        progress.Values.ShouldBe([1, 2, 4]);
        factory.Messages.ShouldContain("told 3");
        await pool.MapAsync([10, 20], item =>
        {
            reported.Report(item);
            return item;
        });
        progress.Values.ShouldBe([1, 2, 4, 10, 20], ignoreOrder: true);
    });

    [Theory]
    [MemberData(nameof(Both))]
    public Task Names_numbers_priorities_and_insights_are_kept(int workers) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = workers, Name = "named", MaxTasksPerWorker = 2 });
        (await pool.RunAsync(() => (CurrentTask.PoolName, CurrentTask.WorkerNumber, CurrentTask.Attempt))).ShouldBe(("named", 1, 1));
        await pool.RunAsync(() => { }, new TaskOptions { Name = "second" });
        (await pool.RunAsync(() => CurrentTask.WorkerNumber)).ShouldBe(2); // two tasks were the first worker's most
        var insights = pool.GetInsights();
        insights.Tasks.ShouldContain(static task => task.Name == "second" && task.Succeeded == 1);
        insights.WorkersStarted.ShouldBe(2);
        insights.ToString().ShouldContain("named");
        CurrentTask.PoolName.ShouldBeNull();

        // Without MaxTasksPerWorker, whose replacement would start for the first of the two that wait.
        await using var single = new ProcessPool(With(workers));
        using var hold = new ProcessEvent();
        using var running = new ProcessEvent();
        var order = new ProcessQueue<int>();
        using (order)
        {
            var first = single.RunAsync(() =>
            {
                running.Set();
                hold.Wait();
            });
            running.Wait();
            var low = single.RunAsync(() => order.Put(1), new TaskOptions { Priority = 1 });
            var high = single.RunAsync(() => order.Put(2), new TaskOptions { Priority = 2 });
            hold.Set();
            await Task.WhenAll(first, low, high);
            order.GetMany(2).ShouldBe([2, 1]);
        }
    });

    [Theory]
    [MemberData(nameof(Both))]
    public Task Disposal_cancels_what_runs_and_fails_what_waits(int workers) => Watchdog.Run(async () =>
    {
        var grace = TimeSpan.FromSeconds(60);
        var pool = new ProcessPool(new() { Workers = workers, CancellationGrace = grace, ShutdownGrace = grace });
        using var running = new ProcessEvent();
        var runs = pool.RunAsync(token =>
        {
            running.Set();
            token.WaitHandle.WaitOne(TimeSpan.FromSeconds(60));
            return 42;
        });
        var waits = pool.RunAsync(() => 1);
        running.Wait();
        await pool.DisposeAsync();
        (await runs).ShouldBe(42); // it was asked to stop, and ended by itself within the grace
        await Should.ThrowAsync<ObjectDisposedException>(() => waits);
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.RunAsync(() => 1));
    });

    [Fact]
    public Task Tasks_run_in_this_process_on_one_thread() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 0 });
        pool.Workers.ShouldBe(0);
        await pool.WarmUpAsync();
        (await pool.MapAsync(Enumerable.Range(0, 100), static _ => (Environment.ProcessId, Environment.CurrentManagedThreadId))).Distinct().Count().ShouldBe(1);
        (await pool.RunAsync(() => Environment.ProcessId)).ShouldBe(Environment.ProcessId);
        _static = 1;
        (await pool.RunAsync(static () => _static++)).ShouldBe(1);
        _static.ShouldBe(2); // statics are the program's
        pool.ProcessIds.ShouldBeEmpty();
        Should.Throw<InvalidOperationException>(() => pool.ResizeAsync(2)).Message.ShouldContain("Workers = 0");
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessPool(new() { Workers = -1 }));

        // Two pools at once, each with its own task and state.
        await using var other = new ProcessPool<int>(static () => 7, new() { Workers = 0, Name = "other" });
        var names = await Task.WhenAll(pool.RunAsync(Name), other.RunAsync(static state => $"{CurrentTask.PoolName} {state}"));
        names.ShouldBe([pool.Name, "other 7"]);

        static string Name()
        {
            Thread.Sleep(20);
            return CurrentTask.PoolName!;
        }
    });

    private sealed class Unwieldy(Thread thread) : Exception("unwieldy")
    {
        public Thread Thread { get; } = thread;
    }

    private sealed class State(SharedValue<int> made, SharedValue<int> disposed) : IDisposable
    {
        public int Calls { get; set; } = made.Add(1) < 0 ? 1 : 0;

        public void Dispose() => disposed.Add(1);
    }

    private sealed class Reports : IProgress<int>
    {
        private readonly ConcurrentQueue<int> _values = new();

        public int[] Values => [.. _values];

        public void Report(int value) => _values.Enqueue(value);
    }

    private sealed class ListLoggerFactory : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<string> _messages = new();

        public string[] Messages => [.. _messages];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _messages.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Pools;

/// <summary>
/// CPython's <c>_TestPool</c>, <c>_TestPoolWorkerErrors</c> and <c>_TestPoolWorkerLifetime</c> by meaning, each under its original's name.
/// docs/internals/cpython-tests.md lists them all.
/// </summary>
public class CpythonPoolTests : ProcessTest
{
    private static readonly int[] Ten = [.. Enumerable.Range(0, 10)];
    private static readonly int[] Hundred = [.. Enumerable.Range(0, 100)];
    private static readonly int[] Thousand = [.. Enumerable.Range(0, 1000)];

    [Fact]
    public Task Pool_test_apply() => With(4, async pool => (await pool.RunAsync(Square, 5)).ShouldBe(25));

    [Fact]
    public Task Pool_test_map() => With(4, async pool =>
    {
        (await pool.MapAsync(Ten, Square)).ShouldBe(Ten.Select(Square));
        (await pool.MapAsync(Hundred, Square)).ShouldBe(Hundred.Select(Square));
    });

    [Fact]
    public Task Pool_test_starmap() => With(4, async pool =>
    {
        var pairs = Hundred.Select(x => (x, 99 - x)).ToArray();
        (await pool.MapAsync(pairs, Multiply)).ShouldBe(pairs.Select(pair => pair.x * pair.Item2));
    });

    [Fact]
    public Task Pool_test_map_async_callbacks() => With(4, async pool =>
    {
        var called = new List<object>();
        await Tell(pool.MapAsync(["1"], Parse));
        called.ShouldHaveSingleItem().ShouldBe(1);
        await Tell(pool.MapAsync(["a"], Parse));
        called.Count.ShouldBe(2);
        called[1].ShouldBeOfType<FormatException>();

        Task Tell(Task<int[]> task) => task.ContinueWith(
            done => called.Add(done.IsCompletedSuccessfully ? done.Result[0] : done.Exception!.InnerException!), TaskScheduler.Default);
    });

    [Fact]
    public Task Pool_test_map_unplicklable() => With(4, async pool =>
    {
        var cannot = Enumerable.Repeat(new CannotBeWritten(), 10);
        await Should.ThrowAsync<Exception>(() => pool.MapAsync(cannot, static _ => 1));
        (await pool.RunAsync(Square, 3)).ShouldBe(9);
    });

    [Fact]
    public Task Pool_test_map_chunksize() => With(4, async pool => (await pool.MapAsync(Array.Empty<int>(), Square)).ShouldBeEmpty());

    [Fact]
    public Task Pool_test_map_handle_iterable_exception() => With(4, async pool =>
    {
        // Again, since the first one must leave nothing behind.
        for (var i = 0; i < 2; i++)
        {
            await Should.ThrowAsync<SaidException>(() => pool.MapAsync(Throwing(1, 0), Square));
        }

        await Should.ThrowAsync<SaidException>(() => pool.MapAsync(Throwing(10, 3), Square));
        (await pool.MapAsync(Ten, Square)).ShouldBe(Ten.Select(Square));
    });

    [Fact]
    public Task Pool_test_async() => With(4, async pool =>
    {
        var watch = Stopwatch.StartNew();
        (await pool.RunAsync(SquareLater, 7, TimeSpan.FromMilliseconds(300))).ShouldBe(49);
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(295));
    });

    [Fact]
    public Task Pool_test_async_timeout() => With(3, async pool =>
    {
        // What gives up waiting does not give up the task.
        using var mayEnd = new ProcessEvent();
        var task = pool.RunAsync(SquareWhen, 6, mayEnd);
        await Should.ThrowAsync<TimeoutException>(() => task.WaitAsync(TimeSpan.FromMilliseconds(200)));
        mayEnd.Set();
        (await task).ShouldBe(36);
    });

    [Fact]
    public Task Pool_test_imap() => With(4, async pool =>
    {
        (await All(pool.StreamAsync(Ten, Square))).ShouldBe(Ten.Select(Square));
        (await All(pool.StreamAsync(Thousand, Square))).ShouldBe(Thousand.Select(Square));
    });

    [Theory]
    [InlineData(1, 0)]
    [InlineData(10, 3)]
    [InlineData(20, 7)]
    public Task Pool_test_imap_handle_iterable_exception(int count, int when) => With(4, async pool =>
    {
        var seen = new List<int>();
        await Should.ThrowAsync<SaidException>(async () =>
        {
            await foreach (var result in pool.StreamAsync(Throwing(count, when), Square))
            {
                seen.Add(result);
            }
        });
        seen.ShouldBe(Enumerable.Range(0, when).Select(Square), "what came before it has its results");
    });

    [Fact]
    public Task Pool_test_imap_unordered() => With(4, async pool =>
    {
        var unordered = new MapOptions { Ordered = false };
        (await All(pool.StreamAsync(Ten, Square, unordered))).Order().ShouldBe(Ten.Select(Square));
        (await All(pool.StreamAsync(Thousand, Square, unordered))).Order().ShouldBe(Thousand.Select(Square));
    });

    [Theory]
    [InlineData(1, 0)]
    [InlineData(10, 3)]
    [InlineData(20, 7)]
    public Task Pool_test_imap_unordered_handle_iterable_exception(int count, int when) => With(4, async pool =>
    {
        var seen = new List<int>();
        await Should.ThrowAsync<SaidException>(async () =>
        {
            await foreach (var result in pool.StreamAsync(Throwing(count, when), Square, new MapOptions { Ordered = false }))
            {
                seen.Add(result);
            }
        });
        seen.ShouldBeSubsetOf(Enumerable.Range(0, when).Select(Square));
        seen.ShouldBeUnique();
    });

    [Fact]
    public Task Pool_test_make_pool() => Watchdog.Run(() =>
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessPool(new ProcessPoolOptions { Workers = -1 }));
    });

    [Fact]
    public Task Pool_test_terminate() => Watchdog.Run(async () =>
    {
        var pool = new ProcessPool(new ProcessPoolOptions { Workers = 3, ShutdownGrace = TimeSpan.Zero });
        var map = pool.MapAsync(Enumerable.Repeat(3600, 10_000), Doze);
        await pool.DisposeAsync();
        await Should.ThrowAsync<Exception>(() => map);
    });

    [Fact]
    public Task Pool_test_empty_iterable() => With(1, async pool =>
    {
        (await pool.MapAsync(Array.Empty<int>(), Square)).ShouldBeEmpty();
        (await All(pool.StreamAsync(Array.Empty<int>(), Square))).ShouldBeEmpty();
        (await All(pool.StreamAsync(Array.Empty<int>(), Square, new MapOptions { Ordered = false }))).ShouldBeEmpty();
    });

    [Fact]
    public Task Pool_test_context() => Watchdog.Run(async () =>
    {
        ProcessPool used;
        await using (var pool = new ProcessPool(new ProcessPoolOptions { Workers = 2 }))
        {
            (await pool.MapAsync(Ten, Square)).ShouldBe(Ten.Select(Square));
            used = pool;
        }

        await Should.ThrowAsync<ObjectDisposedException>(() => used.MapAsync(Ten, Square));
    });

    [Fact]
    public Task Pool_test_traceback() => With(1, async pool =>
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Fail));
        error.Message.ShouldBe("123");
        error.ToString().ShouldContain(nameof(Fail));

        // The source's own error is from this process, which its text shows.
        (await Should.ThrowAsync<SaidException>(() => pool.MapAsync(Throwing(1, 0), Square))).InnerException.ShouldBeNull();
    });

    [Fact]
    public Task Pool_test_map_no_failfast() => With(2, async pool =>
    {
        // The error is reported at once here; the test shows that the large result of the other item delays nothing.
        await Should.ThrowAsync<FormatException>(() => pool.MapAsync([0, 1], FailAtLength));
        await pool.ShutdownAsync();
    });

    [Fact]
    public Task Pool_test_release_task_refs() => With(4, pool =>
    {
        var references = Map(pool);
        Eventually.Is(
            () =>
            {
                GC.Collect();
                return references.TrueForAll(reference => !reference.TryGetTarget(out _));
            },
            "nothing keeps arguments and results");
        return Task.CompletedTask;

        // Not asynchronous, for a debug build keeps the locals of that; and on a stack of its own.
        static List<WeakReference<Counted>> Map(ProcessPool pool)
        {
            List<WeakReference<Counted>> references = [];
            var thread = new Thread(() => references = MapHere(pool));
            thread.Start();
            thread.Join();
            return references;
        }

        static List<WeakReference<Counted>> MapHere(ProcessPool pool)
        {
            var objects = Ten.Select(i => new Counted(i)).ToArray();
            var results = pool.MapAsync(objects, static value => value).GetAwaiter().GetResult();
            results.Select(result => result.Number).ShouldBe(Ten);
            return [.. objects.Concat(results).Select(value => new WeakReference<Counted>(value))];
        }
    });

    [Fact]
    public Task Pool_test_enter() => Watchdog.Run(async () =>
    {
        var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        await pool.DisposeAsync();
        await pool.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.RunAsync(Square, 1));
    });

    [Fact]
    public Task PoolWorkerErrors_test_async_error_callback() => With(2, async pool =>
        await Should.ThrowAsync<KeyNotFoundException>(() => pool.RunAsync(static () => throw new KeyNotFoundException("key"))));

    [Fact]
    public Task PoolWorkerErrors_test_unpickleable_result() => With(2, async pool =>
    {
        var workers = new HashSet<int>();
        for (var i = 0; i < 20; i++)
        {
            await Should.ThrowAsync<NotSerializableException>(() => pool.RunAsync(static () => new Thread(static () => { })));
            workers.Add(await pool.RunAsync(static () => Environment.ProcessId));
        }

        workers.Count.ShouldBeLessThanOrEqualTo(2, "such an error costs no worker");
    });

    [Fact]
    public Task PoolWorkerLifetime_test_pool_worker_lifetime() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 3, MaxTasksPerWorker = 10 });
        var results = await pool.MapAsync(Hundred, static x => (Square(x), Environment.ProcessId));
        results.Select(result => result.Item1).ShouldBe(Hundred.Select(Square));
        var workers = results.GroupBy(result => result.ProcessId).ToList();
        workers.Count.ShouldBeGreaterThanOrEqualTo(10);
        workers.ShouldAllBe(worker => worker.Count() <= 10);
    });

    [Fact]
    public Task PoolWorkerLifetime_test_pool_worker_lifetime_early_close() => Watchdog.Run(async () =>
    {
        var pool = new ProcessPool(new ProcessPoolOptions { Workers = 3, MaxTasksPerWorker = 1 });
        var tasks = Enumerable.Range(0, 6).Select(i => pool.RunAsync(SquareLater, i, TimeSpan.FromMilliseconds(300))).ToArray();
        await pool.ShutdownAsync();
        tasks.Select(task => task.Result).ShouldBe(Enumerable.Range(0, 6).Select(Square));
        await pool.DisposeAsync();
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public Task PoolWorkerLifetime_test_pool_maxtasksperchild_invalid(int count) => Watchdog.Run(() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessPool(new ProcessPoolOptions { MaxTasksPerWorker = count })));

    [Fact]
    public Task PoolWorkerLifetime_test_worker_finalization_via_atexit_handler_of_multiprocessing() => Watchdog.Run(() =>
    {
        // A pool that is not disposed does not keep its program from ending; the companion proves it for separate programs. Here nothing refers to
        // the pool any more.
        Forget();
        Eventually.Is(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return ChildProcess.Active.Count == 0;
            },
            "the forgotten pool's workers are gone");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget() => new ProcessPool(new ProcessPoolOptions { Workers = 1 }).RunAsync(Square, 2).GetAwaiter().GetResult().ShouldBe(4);
    });

    private static Task With(int workers, Func<ProcessPool, Task> test) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = workers });
        await test(pool);
    });

    private static async Task<List<T>> All<T>(IAsyncEnumerable<T> stream)
    {
        var all = new List<T>();
        await foreach (var item in stream)
        {
            all.Add(item);
        }

        return all;
    }

    private static int Square(int x) => x * x;

    private static int SquareLater(int x, TimeSpan after)
    {
        Thread.Sleep(after);
        return x * x;
    }

    private static int SquareWhen(int x, ProcessEvent mayEnd)
    {
        mayEnd.Wait();
        return x * x;
    }

    private static int Multiply((int X, int Y) pair) => pair.X * pair.Y;

    private static int Parse(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int Doze(int seconds)
    {
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        return seconds;
    }

    private static void Fail() => throw new InvalidOperationException("123");

    private static byte[] FailAtLength(int index)
    {
        if (index == 0)
        {
            throw new FormatException(new string('x', 1 << 20));
        }

        Thread.Sleep(500);
        return new byte[1 << 20];
    }

    private static IEnumerable<int> Throwing(int count, int when)
    {
        for (var i = 0; i < count; i++)
        {
            if (i == when)
            {
                throw new SaidException();
            }

            yield return i;
        }
    }

    private sealed class SaidException : Exception;

    private sealed record Counted(int Number);

    private sealed class CannotBeWritten
    {
        public Thread Thread { get; } = new(static () => { });
    }
}

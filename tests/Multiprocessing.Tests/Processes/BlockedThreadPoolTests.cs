using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A program that has blocked all threads of its thread pool still gets on with every wait that it makes synchronously.</summary>
public class BlockedThreadPoolTests : ProcessTest
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    private static readonly Dictionary<string, Action> Waits = new()
    {
        ["Join"] = static () =>
        {
            using var child = ChildProcess.Run(static () => { });
            child.Join();
        },
        ["JoinAsync with a token"] = static () =>
        {
            using var source = new CancellationTokenSource();
            using var child = ChildProcess.Run(static () => { });
            child.JoinAsync(source.Token).Wait();
        },
        ["Result"] = static () =>
        {
            using var child = ChildProcess.Run(static () => 7);
            child.Result.Wait();
            child.Result.Result.ShouldBe(7);
        },
        ["Completion"] = static () =>
        {
            using var child = ChildProcess.Run(static () => 7);
            child.Completion.Wait();
        },
        ["a failed result"] = static () =>
        {
            using var child = ChildProcess.Run(static int () => throw new FormatException());
            Should.Throw<FormatException>(() => child.GetResult());
        },
        ["lines"] = static () =>
        {
            var lines = 0;
            using var child = ChildProcess.Run(static () => Console.WriteLine("line"), new() { StandardOutput = ProcessOutput.ToLines(_ => lines++) });
            child.Join();
            lines.ShouldBe(1);
        },
        ["Terminate with a grace"] = static () =>
        {
            using var child = ChildProcess.Run(static () =>
            {
                _ = CurrentProcess.Stopping;
                Thread.Sleep(Timeout.Infinite);
            });
            child.Terminate(Short);
            child.Join();
            child.ExitStatus!.Reason.ShouldBeOneOf(ExitReason.Killed, ExitReason.Terminated);
        },
        ["a start that takes too long"] = static () =>
        {
            using var child = ChildProcess.Run(static () => 1, new() { StartTimeout = TimeSpan.FromMilliseconds(1) });
            child.Join();
        },
        ["DisposeAsync of a child"] = static () => ChildProcess.Run(static () => Thread.Sleep(Timeout.Infinite), new() { TerminationGrace = Short }).DisposeAsync().AsTask().Wait(),
        ["a pool's first call"] = static () => With(static pool => pool.RunAsync(static () => 1).GetAwaiter().GetResult().ShouldBe(1)),
        ["a task with a token"] = static () => With(static pool =>
        {
            using var source = new CancellationTokenSource();
            pool.RunAsync(static () => 1, cancellationToken: source.Token).Wait();
        }),
        ["a cancelled task"] = static () => With(static pool =>
        {
            using var source = new CancellationTokenSource();
            var task = pool.RunAsync(static () => Thread.Sleep(Timeout.Infinite), cancellationToken: source.Token);
            Thread.Sleep(300);
            source.Cancel();
            Should.Throw<OperationCanceledException>(() => task.GetAwaiter().GetResult());
        }),
        ["a task that reports"] = static () => With(static pool =>
        {
            var seen = 0;
            IProgress<int> progress = new CountingProgress(value => seen += value);
            pool.RunAsync(() => progress.Report(5)).Wait();
            seen.ShouldBe(5);
        }),
        ["a map"] = static () => With(static pool => pool.MapAsync([1, 2], static item => item).Wait()),
        ["a map of a lazy source"] = static () => With(static pool => pool.MapAsync(Enumerable.Range(0, 100).Where(static _ => true), static item => item).Result.Length.ShouldBe(100)),
        ["a map that reports"] = static () => With(static pool =>
        {
            var seen = 0;
            IProgress<int> progress = new CountingProgress(value => seen += value);
            pool.MapAsync(
                [1, 2],
                item =>
                {
                    progress.Report(item);
                    return item;
                }).Wait();
            seen.ShouldBe(3);
        }),
        ["outcomes"] = static () => With(static pool => pool.MapOutcomesAsync([1, 2], static item => item).Wait()),
        ["for each"] = static () => With(static pool => pool.ForEachAsync(Enumerable.Range(0, 1000), static item => { }).Wait()),
        ["a stream"] = static () => With(static pool =>
        {
            var results = pool.StreamAsync(Enumerable.Range(0, 1000), static item => item).GetAsyncEnumerator();
            for (var i = 0; i < 1000; i++)
            {
                results.MoveNextAsync().AsTask().Result.ShouldBeTrue();
            }

            results.DisposeAsync().AsTask().Wait();
        }),
        ["a stream of an asynchronous source"] = static () => With(static pool =>
        {
            var results = pool.StreamAsync(Numbers(), static item => item).GetAsyncEnumerator();
            results.MoveNextAsync().AsTask().Result.ShouldBeTrue();
            results.DisposeAsync().AsTask().Wait();
        }),
        ["tasks beyond MaxPending"] = static () =>
        {
            using var pool = new ProcessPool(new() { Workers = 1, MaxPending = 1 });
            Task.WaitAll(pool.RunAsync(static () => 1), pool.RunAsync(static () => 2), pool.RunAsync(static () => 3));
        },
        ["warm-up and resize"] = static () => With(static pool =>
        {
            pool.WarmUpAsync().Wait();
            pool.ResizeAsync(2).Wait();
        }),
        ["ShutdownAsync"] = static () => With(static pool =>
        {
            _ = pool.RunAsync(static () => 1);
            pool.ShutdownAsync().Wait();
        }),
        ["ShutdownAsync with a token"] = static () => With(static pool =>
        {
            using var source = new CancellationTokenSource();
            _ = pool.RunAsync(static () => 1);
            pool.ShutdownAsync(source.Token).Wait();
        }),
        ["a worker's death"] = static () => With(static pool => Should.Throw<WorkerDiedException>(() => pool.RunAsync(static () => Environment.FailFast("meant")).GetAwaiter().GetResult())),
        ["GetAsync"] = static () =>
        {
            using var queue = new ProcessQueue<string>();
            var item = queue.GetAsync().AsTask();
            Later(() => queue.Put("x"));
            item.Wait();
        },
        ["GetAsync with a time"] = static () =>
        {
            using var queue = new ProcessQueue<string>();
            Should.Throw<Exception>(() => queue.GetAsync(Short).AsTask().GetAwaiter().GetResult());
        },
        ["GetAsync from a child"] = static () =>
        {
            using var queue = new ProcessQueue<string>();
            using var child = ChildProcess.Run(() =>
            {
                Thread.Sleep(100);
                queue.Put("x");
            });
            queue.GetAsync().AsTask().Result.ShouldBe("x");
            child.Join();
        },
        ["PutAsync"] = static () =>
        {
            using var queue = new ProcessQueue<string>(new ProcessQueueOptions { Capacity = 1 });
            queue.Put("x");
            var put = queue.PutAsync("y").AsTask();
            Later(() => queue.Get());
            put.Wait();
        },
        ["WaitAllDoneAsync"] = static () =>
        {
            using var queue = new ProcessQueue<string>();
            queue.WaitAllDoneAsync(Short).AsTask().Wait();
        },
        ["a channel's reader"] = static () =>
        {
            using var queue = new ProcessQueue<string>();
            var waiting = queue.Reader.WaitToReadAsync().AsTask();
            Later(() => queue.Put("x"));
            waiting.Wait();
        },
        ["ProcessLock"] = static () =>
        {
            using var @lock = new ProcessLock();
            var first = @lock.EnterAsync().AsTask().Result;
            @lock.TryEnterAsync(Short).AsTask().Result.ShouldBeNull();
            var second = @lock.EnterAsync().AsTask();
            Later(first.Dispose);
            second.Result.Dispose();
        },
        ["ProcessReaderWriterLock"] = static () =>
        {
            using var @lock = new ProcessReaderWriterLock();
            var first = @lock.EnterWriteLockAsync().AsTask().Result;
            var second = @lock.EnterReadLockAsync().AsTask();
            Later(first.Dispose);
            second.Result.Dispose();
        },
        ["ProcessSemaphore"] = static () =>
        {
            using var semaphore = new ProcessSemaphore(0);
            semaphore.WaitAsync(Short).AsTask().Result.ShouldBeFalse();
            var waiting = semaphore.WaitAsync().AsTask();
            Later(() => semaphore.Release());
            waiting.Wait();
        },
        ["ProcessEvent"] = static () =>
        {
            using var @event = new ProcessEvent();
            var waiting = @event.WaitAsync().AsTask();
            Later(@event.Set);
            waiting.Wait();
        },
        ["ProcessBarrier"] = static () =>
        {
            using var barrier = new ProcessBarrier(2);
            var waiting = barrier.SignalAndWaitAsync().AsTask();
            Later(() => barrier.SignalAndWait());
            waiting.Wait();
        },
        ["ProcessCondition"] = static () =>
        {
            using var condition = new ProcessCondition();
            var hold = condition.Lock.EnterAsync().AsTask().Result;
            condition.WaitAsync(hold, Short).AsTask().Result.ShouldBeFalse();
            hold.Dispose();
        },
        ["a cancelled wait"] = static () =>
        {
            using var queue = new ProcessQueue<string>();
            using var source = new CancellationTokenSource();
            var item = queue.GetAsync(source.Token).AsTask();
            Later(source.Cancel);
            Should.Throw<OperationCanceledException>(() => item.GetAwaiter().GetResult());
        },
    };

    public static TheoryData<string> WaitNames => [.. Waits.Keys];

    [Theory]
    [MemberData(nameof(WaitNames))]
    public void A_synchronous_wait_needs_no_thread_of_the_thread_pool(string wait) => BlockedThreadPool.Run(wait, Waits[wait]);

    [Fact]
    public Task A_body_that_waits_for_the_request_to_stop_needs_none_either() => Watchdog.Run(() =>
    {
        using var isReady = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            BlockedThreadPool.Run(
                "Stopping",
                () =>
                {
                    var stopping = CurrentProcess.Stopping;
                    isReady.Set();
                    stopping.WaitHandle.WaitOne();
                });
            return 7;
        });
        isReady.Wait();
        child.Terminate(TimeSpan.FromSeconds(20));
        child.GetResult().ShouldBe(7);
    });

    private static void With(Action<ProcessPool> use)
    {
        using var pool = new ProcessPool(new() { Workers = 1 });
        use(pool);
    }

    private static void Later(Action action) => new Thread(() =>
    {
        Thread.Sleep(100);
        action();
    })
    { IsBackground = true }.Start();

    private static async IAsyncEnumerable<int> Numbers()
    {
        await Task.CompletedTask;
        for (var i = 0; ; i++)
        {
            yield return i;
        }
    }

    private sealed class CountingProgress(Action<int> onReport) : IProgress<int>
    {
        public void Report(int value) => onReport(value);
    }
}

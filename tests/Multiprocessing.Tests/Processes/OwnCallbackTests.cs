using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A child or a pool that is ended, or waited for, inside a callback of its own: the call does not wait for the callback that it stands in.</summary>
public class OwnCallbackTests : ProcessTest
{
    private const int Lines = 20_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, Action<ChildProcess<int>>> ChildCalls = new()
    {
        ["Join"] = static child => child.Join(),
        ["Join with a time"] = static child => child.Join(TimeSpan.FromSeconds(60)).ShouldBeTrue(),
        ["JoinAsync"] = static child => child.JoinAsync().Wait(),
        ["JoinAsync with a token"] = static child =>
        {
            using var source = new CancellationTokenSource();
            child.JoinAsync(source.Token).Wait();
        },
        ["Wait"] = static child => child.Wait(),
        ["Completion"] = static child => child.Completion.Wait(),
        ["Result"] = static child => child.Result.Wait(),
        ["GetResult"] = static child => child.GetResult().ShouldBe(7),
        ["Dispose"] = static child => child.Dispose(),
        ["DisposeAsync"] = static child => child.DisposeAsync().AsTask().Wait(),
        ["Terminate and Join"] = static child =>
        {
            child.Terminate(TimeSpan.FromMilliseconds(300));
            child.Join();
        },
        ["Kill and Join"] = static child =>
        {
            child.Kill();
            child.Join();
        },
    };

    private static readonly Dictionary<string, Action<Action>> Ways = new()
    {
        ["itself"] = static call => call(),
        ["a task"] = static call => Task.Run(call).Wait(),
        ["a thread"] = static call =>
        {
            var thread = new Thread(() => call());
            thread.Start();
            thread.Join();
        },
    };

    private static readonly Dictionary<string, Action<ProcessPool>> PoolCalls = new()
    {
        ["DisposeAsync"] = static pool => pool.DisposeAsync().AsTask().Wait(),
        ["Dispose"] = static pool => pool.Dispose(),
        ["ShutdownAsync"] = static pool => pool.ShutdownAsync().Wait(),
        ["ShutdownAsync with a token"] = static pool =>
        {
            using var source = new CancellationTokenSource();
            pool.ShutdownAsync(source.Token).Wait();
        },
        ["ResizeAsync"] = static pool => pool.ResizeAsync(1).Wait(),
        ["KillWorkers and Dispose"] = static pool =>
        {
            pool.KillWorkers();
            pool.Dispose();
        },
    };

    public static TheoryData<string> ChildCallNames => [.. ChildCalls.Keys];

    public static TheoryData<string> PoolCallNames => [.. PoolCalls.Keys];

    [Theory]
    [MemberData(nameof(ChildCallNames))]
    public Task A_child_may_be_ended_or_waited_for_in_a_callback_for_its_output(string call) => Watchdog.Run(
        () =>
        {
            foreach (var (callback, open) in new Dictionary<string, Func<Action<string>, ChildProcessOptions>>
            {
                ["lines"] = static onLine => new() { StandardOutput = ProcessOutput.ToLines(onLine) },
                ["lines of the error"] = static onLine => new() { StandardError = ProcessOutput.ToLines(onLine) },
                ["log"] = static onLine => new() { StandardOutput = ProcessOutput.Log(new LineLogger(onLine)) },
            })
            {
                foreach (var (way, run) in Ways)
                {
                    ChildProcess<int>? child = null;
                    using var isSet = new ManualResetEventSlim();
                    using var returned = new ManualResetEventSlim();
                    var lines = 0;
                    Exception? error = null;
                    var options = open(_ =>
                    {
                        if (Interlocked.Increment(ref lines) != 1)
                        {
                            return;
                        }

                        isSet.Wait();
                        try
                        {
                            run(() => ChildCalls[call](child!));
                        }
                        catch (Exception exception)
                        {
                            error = exception;
                        }

                        returned.Set();
                    });
                    var toError = callback == "lines of the error";
                    child = ChildProcess.Run(() => Talk(toError), options);
                    isSet.Set();
                    returned.Wait(Patience).ShouldBeTrue($"{call} in {callback}, by {way}");
                    error.ShouldBeNull($"{call} in {callback}, by {way}");
                    child.Join();
                    if (child.ExitStatus!.Reason == ExitReason.Exited)
                    {
                        lines.ShouldBe(Lines);
                    }
                }
            }
        },
        TimeSpan.FromMinutes(10));

    [Theory]
    [MemberData(nameof(PoolCallNames))]
    public Task A_pool_may_be_ended_in_a_callback_of_its_own(string call) => Watchdog.Run(
        async () =>
        {
            foreach (var callback in new[] { "output", "progress", "log" })
            {
                foreach (var (way, run) in Ways)
                {
                    ProcessPool? pool = null;
                    using var isSet = new ManualResetEventSlim();
                    using var returned = new ManualResetEventSlim();
                    var calls = 0;
                    Exception? error = null;
                    void OnCall()
                    {
                        if (Interlocked.Increment(ref calls) != 1)
                        {
                            return;
                        }

                        isSet.Wait();
                        try
                        {
                            run(() => PoolCalls[call](pool!));
                        }
                        catch (Exception exception)
                        {
                            error = exception;
                        }

                        returned.Set();
                    }

                    var process = new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(_ => OnCall()) };
                    pool = new ProcessPool(new() { Workers = 2, ShutdownGrace = TimeSpan.FromMinutes(4), Process = process });
                    IProgress<int> progress = new CallingProgress(OnCall);
                    ILogger logger = new LineLogger(_ => OnCall());
                    var work = callback switch
                    {
                        "output" => pool.RunAsync(static () => Talk(false)),
                        "progress" => pool.RunAsync(() => Report(progress)),
                        _ => pool.RunAsync(() => Log(logger)),
                    };
                    isSet.Set();
                    returned.Wait(Patience).ShouldBeTrue($"{call} in {callback}, by {way}");
                    error.ShouldBeNull($"{call} in {callback}, by {way}");
                    await work.ContinueWith(static _ => { }, TaskScheduler.Default);
                    await pool.DisposeAsync();
                }
            }
        },
        TimeSpan.FromMinutes(10));

    [Fact]
    public Task A_pool_is_not_ended_by_the_code_of_a_type_that_it_reads() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        Ending.Pool = pool;
        foreach (var call in new Func<ProcessPool, Task>[] { static pool => pool.DisposeAsync().AsTask(), static pool => pool.ShutdownAsync(), static pool => pool.ResizeAsync(1) })
        {
            Ending.Call = call;
            var error = await Should.ThrowAsync<Exception>(() => pool.RunAsync(static () => new Ending()));
            error.ToString().ShouldContain("End the pool where its results arrive");
        }

        (await pool.RunAsync(static () => 1)).ShouldBe(1);
    });

    [Fact]
    public Task A_child_may_be_waited_for_by_the_code_of_its_results_type() => Watchdog.Run(() =>
    {
        using var isSet = new ManualResetEventSlim();
        ChildProcess? child = null;
        Waiting.Call = () =>
        {
            isSet.Wait();
            child!.Join();
            child.JoinAsync().Wait();
            child.Wait();
            child.Completion.Wait();
            child.Dispose();
            child.DisposeAsync().AsTask().Wait();
        };
        var run = ChildProcess.Run(static () => new Waiting());
        child = run;
        isSet.Set();
        run.Join();
        run.Result.IsCompletedSuccessfully.ShouldBeTrue();
    });

    private static int Talk(bool toError)
    {
        var stream = toError ? Console.Error : Console.Out;
        for (var i = 0; i < Lines; i++)
        {
            stream.WriteLine($"line {i} of many, which together are more than what is kept before the callback returns");
        }

        return 7;
    }

    private static void Report(IProgress<int> progress)
    {
        for (var i = 0; i < Lines; i++)
        {
            progress.Report(i);
        }
    }

    private static void Log(ILogger logger)
    {
        for (var i = 0; i < Lines; i++)
        {
            logger.LogInformation("{Number}", i);
        }
    }

    private sealed class CallingProgress(Action onReport) : IProgress<int>
    {
        public void Report(int value) => onReport();
    }

    private sealed class LineLogger(Action<string> onLine) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => onLine(formatter(state, exception));
    }

    private sealed class Ending
    {
        internal static ProcessPool? Pool;

        internal static Func<ProcessPool, Task>? Call;

        [System.Runtime.Serialization.OnDeserialized]
        private void OnDeserialized(System.Runtime.Serialization.StreamingContext context)
        {
            if (Pool is { } pool)
            {
                Call!(pool).GetAwaiter().GetResult();
            }
        }
    }

    private sealed class Waiting
    {
        internal static Action? Call;

        [System.Runtime.Serialization.OnDeserialized]
        private void OnDeserialized(System.Runtime.Serialization.StreamingContext context) => Call?.Invoke();
    }
}

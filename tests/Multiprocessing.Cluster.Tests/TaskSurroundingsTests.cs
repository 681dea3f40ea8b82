using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>What surrounds a task on another machine as on one's own: progress, log, trace, culture, attempt, time limit, cancellation.</summary>
public class TaskSurroundingsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed class Told<T> : IProgress<T>
    {
        public ConcurrentQueue<T> Values { get; } = new();

        public void Report(T value) => Values.Enqueue(value);
    }

    private sealed class Book : ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text, string Scope, Exception? Error)> Records { get; } = new();

        private string _scope = "";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            _scope = $"{state}";
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Records.Enqueue((logLevel, formatter(state, exception), _scope, exception));
    }

    private sealed record Step(int Done, string What);

    [Fact]
    public async Task Progress_arrives_in_order_and_before_the_task_ends()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var told = new Told<Step>();
        IProgress<Step> progress = told;
        await pool.RunAsync(
            () =>
            {
                for (var i = 0; i < 5_000; i++)
                {
                    progress.Report(new Step(i, $"step {i}"));
                }
            },
            cancellationToken: Token);
        told.Values.ShouldBe(Enumerable.Range(0, 5_000).Select(static i => new Step(i, $"step {i}")));

        // The body of a map, an argument, and a task that fails behind its reports.
        var many = new Told<int>();
        IProgress<int> ofMany = many;
        (await pool.MapAsync(
            Enumerable.Range(0, 300),
            item =>
            {
                ofMany.Report(item);
                return item;
            },
            cancellationToken: Token)).Length.ShouldBe(300);
        many.Values.Order().ShouldBe(Enumerable.Range(0, 300));
        var last = new Told<int>();
        await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(
            static (IProgress<int> report) =>
            {
                report.Report(7);
                throw new InvalidOperationException("behind the report");
            },
            last));
        last.Values.ShouldBe([7]);
    }

    [Fact]
    public async Task A_program_that_takes_reports_slowly_gets_all_of_them()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var count = 0;
        IProgress<byte[]> slow = new Called<byte[]>(_ =>
        {
            if (count++ % 1_000 == 0)
            {
                Thread.Sleep(200);
            }
        });
        await pool.RunAsync(
            () =>
            {
                for (var i = 0; i < 12_000; i++)
                {
                    slow.Report(new byte[1_000]);
                }
            },
            cancellationToken: Token);
        count.ShouldBe(12_000);
    }

    private sealed class Called<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }

    [Fact]
    public async Task Log_records_reach_the_logger_of_the_caller_with_node_worker_and_task()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var book = new Book();
        ILogger logger = book;
        var (worker, number) = await pool.RunAsync(
            () =>
            {
                logger.LogDebug("not enabled");
                logger.LogWarning(new InvalidOperationException("the cause"), "{Count} left", 3);
                return (Environment.ProcessId, CurrentTask.WorkerNumber);
            },
            new TaskOptions { Name = "logs" },
            Token);
        var record = book.Records.ShouldHaveSingleItem();
        (record.Level, record.Text, record.Error?.Message).ShouldBe((LogLevel.Warning, "3 left", "the cause"));
        record.Scope.ShouldBe($"one worker {number} (pid {worker}), task logs");
    }

    [Fact]
    public async Task Reports_end_with_a_lost_node_and_those_of_the_next_attempt_follow()
    {
        await using var cluster = new TestCluster();
        using var victim = cluster.StartProcess("victim", workers: 1);
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1, attempts: 2);
        var told = new Told<int>();
        IProgress<int> progress = told;
        var task = pool.RunAsync(
            static (IProgress<int> report) =>
            {
                report.Report(CurrentTask.Attempt);
                if (CurrentTask.Attempt == 1)
                {
                    Thread.Sleep(Timeout.Infinite);
                }

                return CurrentTask.Attempt;
            },
            progress,
            cancellationToken: Token);
        await TestCluster.Until(() => told.Values.Contains(1), "the first attempt reports");
        cluster.StartProcess("second", workers: 1);
        await TestCluster.Until(() => ((ClusterPool)pool).NodeNames.Count == 2, "the second node has joined");
        victim.Kill();
        (await task).ShouldBe(2);
        told.Values.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_task_knows_its_attempt_also_when_its_worker_died()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1, attempts: 3);
        (await pool.RunAsync(static () => CurrentTask.Attempt, cancellationToken: Token)).ShouldBe(1);
        (await pool.RunAsync(
            static () =>
            {
                if (CurrentTask.Attempt < 3)
                {
                    Environment.Exit(9);
                }

                return CurrentTask.Attempt;
            },
            cancellationToken: Token)).ShouldBe(3);
    }

    [Fact]
    public async Task A_task_belongs_to_the_trace_of_its_caller()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one", configure: static options => options.Pool = new ProcessPoolOptions { Initializer = Listen });
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        activity.TraceStateString = "vendor=1";
        activity.AddBaggage("tenant", "blue");
        var seen = await pool.RunAsync(Here, new TaskOptions { Name = "work" }, Token);
        seen.ShouldBe((activity.TraceId.ToString(), activity.SpanId.ToString(), "work", "vendor=1", "blue", 1, 1));
        (await pool.MapAsync([1], static _ => Here().Trace, cancellationToken: Token)).ShouldBe([activity.TraceId.ToString()]);
    }

    private static int _spans;

    private static void Listen() => ActivitySource.AddActivityListener(new ActivityListener
    {
        ShouldListenTo = static source => source.Name == "Multiprocessing",
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStarted = static _ => _spans++,
    });

    private static (string? Trace, string? Parent, string? Name, string? State, string? Baggage, object? Attempt, int Spans) Here() => (
        Activity.Current?.TraceId.ToString(),
        Activity.Current?.ParentSpanId.ToString(),
        Activity.Current?.OperationName,
        Activity.Current?.TraceStateString,
        Activity.Current?.GetBaggageItem("tenant"),
        Activity.Current?.GetTagItem("multiprocessing.task.attempt"),
        _spans);

    [Fact]
    public async Task A_task_has_the_culture_of_its_caller_and_not_that_of_the_node()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one", workers: 1, configure: static options => options.Pool = new ProcessPoolOptions
        {
            Initializer = static () => CultureInfo.CurrentCulture = With(";"), // the system of this machine is another one
        });
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var before = CultureInfo.CurrentCulture;
        (await pool.RunAsync(static () => 1.5.ToString(CultureInfo.CurrentCulture), cancellationToken: Token)).ShouldBe(1.5.ToString(before));
        (await pool.MapAsync([1], static _ => 1.5.ToString(CultureInfo.CurrentCulture), cancellationToken: Token)).ShouldBe([1.5.ToString(before)]);
        try
        {
            CultureInfo.CurrentCulture = With(":");
            (await pool.RunAsync(static () => 1.5.ToString(CultureInfo.CurrentCulture), cancellationToken: Token)).ShouldBe("1:5");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static CultureInfo With(string separator)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = separator;
        return culture;
    }

    [Fact]
    public async Task A_time_limit_and_a_cancellation_kill_a_task_that_does_not_observe_its_token()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one", configure: static options => options.Pool = new ProcessPoolOptions { CancellationGrace = TimeSpan.FromMilliseconds(300) });
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var workers = new Told<int>();
        IProgress<int> started = workers;

        // So long that the task has reported before, however slowly its worker runs.
        var limited = pool.RunAsync(Hang, started, new TaskOptions { Timeout = TimeSpan.FromSeconds(8) }, Token);
        await TestCluster.Until(() => workers.Values.Count == 1, "the first task runs");
        await Should.ThrowAsync<TimeoutException>(() => limited);
        using var source = new CancellationTokenSource();
        var cancelled = pool.RunAsync(Hang, started, cancellationToken: source.Token);
        await TestCluster.Until(() => workers.Values.Count == 2, "the second task runs");
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        await TestCluster.Until(() => !workers.Values.Any(IsAlive), "both workers were killed");
        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    private static void Hang(IProgress<int> started)
    {
        started.Report(Environment.ProcessId);
        Thread.Sleep(Timeout.Infinite);
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

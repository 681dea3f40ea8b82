using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Reports of a running task: progress and log records.</summary>
public class PoolLinksTests : ProcessTest
{
    private sealed class Told<T> : IProgress<T>
    {
        public ConcurrentQueue<T> Values { get; } = new();

        public void Report(T value) => Values.Enqueue(value);
    }

    private sealed record Step(int Done, string What);

    [Fact]
    public Task Progress_comes_in_order_and_before_the_task_ends() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        IProgress<Step> progress = new Told<Step>();
        var result = await pool.RunAsync(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                progress.Report(new Step(i, $"step {i}"));
            }

            return Environment.ProcessId;
        });
        result.ShouldNotBe(Environment.ProcessId);
        ((Told<Step>)progress).Values.ShouldBe(Enumerable.Range(0, 1000).Select(i => new Step(i, $"step {i}")));
    });

    [Fact]
    public Task A_progress_may_be_an_argument_a_Progress_or_come_from_many_items() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var told = new Told<int>();
        await pool.RunAsync((IProgress<int> progress, int value) => progress.Report(value), told, 7);
        told.Values.ShouldBe([7]);

        // Progress<T> delivers its values later.
        var seen = new ConcurrentQueue<int>();
        var all = new CountdownEvent(1);
        var handled = new Progress<int>(value =>
        {
            seen.Enqueue(value);
            all.Signal();
        });
        await pool.RunAsync(() => ((IProgress<int>)handled).Report(8));
        all.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
        seen.ShouldBe([8]);

        var many = new Told<int>();
        IProgress<int> ofMany = many;
        (await pool.MapAsync(Enumerable.Range(0, 2000), item =>
        {
            ofMany.Report(item);
            return item;
        })).Length.ShouldBe(2000);
        many.Values.Order().ShouldBe(Enumerable.Range(0, 2000));
    });

    [Fact]
    public Task Threads_of_a_task_report_at_the_same_time() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var told = new Told<long>();
        IProgress<long> progress = told;
        await pool.RunAsync(() => Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 500; i++)
            {
                progress.Report((thread * 1000L) + i);
            }
        }));
        told.Values.Count.ShouldBe(4000);
        foreach (var ofThread in told.Values.GroupBy(static value => value / 1000))
        {
            ofThread.ShouldBe(ofThread.Order());
        }
    });

    [Fact]
    public Task A_slow_receiver_holds_up_the_reporter_and_loses_nothing() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var slow = new SlowReceiver();
        IProgress<byte[]> progress = slow;
        await pool.RunAsync(() =>
        {
            for (var i = 0; i < 3 * ReportDelivery.Max; i++)
            {
                progress.Report(new byte[100]);
            }
        });
        slow.Count.ShouldBe(3 * ReportDelivery.Max);
        (await pool.RunAsync(() => 1)).ShouldBe(1);
    });

    private sealed class SlowReceiver : IProgress<byte[]>
    {
        public int Count { get; private set; }

        public void Report(byte[] value)
        {
            if (Count++ % 1000 == 0)
            {
                Thread.Sleep(50);
            }
        }
    }

    [Fact]
    public Task What_was_reported_before_a_crash_arrives_and_a_receiver_that_throws_does_no_harm() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var told = new Told<int>();
        IProgress<int> progress = told;
        await Should.ThrowAsync<WorkerDiedException>(() => pool.RunAsync(() =>
        {
            progress.Report(1);
            progress.Report(2);
            Environment.FailFast("after the second");
        }));
        told.Values.ShouldBe([1, 2]);
        IProgress<int> throws = new Throwing();
        (await pool.RunAsync(() =>
        {
            throws.Report(1);
            return 3;
        })).ShouldBe(3);
    });

    private sealed class Throwing : IProgress<int>
    {
        public void Report(int value) => throw new InvalidOperationException("not today");
    }

    [Fact]
    public Task Elsewhere_a_progress_is_refused_with_the_way_out() => Watchdog.Run(async () =>
    {
        var progress = new Progress<int>();
        Should.Throw<NotSerializableException>(() => ChildProcess.Run(() => ((IProgress<int>)progress).Report(1))).Message.ShouldContain("A task of a ProcessPool may have it");
        await using var pool = new ProcessPool(new() { Workers = 1 });
        IProgress<int> back = new Told<int>();
        (await Should.ThrowAsync<Exception>(() => pool.RunAsync(() => back))).Message.ShouldContain("progress", Case.Insensitive);
    });

    private sealed class OwnLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }
    }

    private class Derived : Progress<int>;

    [Serializable]
    private sealed class Copied : IProgress<int>
    {
        public int Last { get; private set; }

        public void Report(int value) => Last = value;
    }

    private sealed class Kept : IProgress<int>
    {
        public int Last { get; set; }

        public void Report(int value) => Last = value;
    }

    [Fact]
    public Task A_progress_in_the_body_of_a_child_is_a_copy_and_that_is_logged_once() => Watchdog.Run(() =>
    {
        var records = new RecordingFactory();
        var before = MultiprocessingLogging.Factory;
        MultiprocessingLogging.Factory = records;
        try
        {
            var own = new Kept();
            IProgress<int> face = own;
            ChildProcess.Run(() => own.Report(1)).TakeFailure().ShouldBeNull();
            ChildProcess.Run(() => face.Report(1)).TakeFailure().ShouldBeNull();
            own.Last.ShouldBe(0);
        }
        finally
        {
            MultiprocessingLogging.Factory = before;
        }

        records.Records.Count(static record => record.Event.Name == "ReporterCopied" && record.Level == LogLevel.Warning && record.Text.Contains("PoolLinksTests.Kept", StringComparison.Ordinal)).ShouldBe(1);
    });

    [Fact]
    public Task A_progress_or_logger_in_a_variable_of_its_own_class_is_refused_and_not_copied() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var progress = new Told<int>();
        var derived = new Derived();
        var logger = new OwnLogger();
        foreach (var (start, face) in new (Func<Task> Start, string Face)[]
        {
            (() => pool.RunAsync(() => progress.Report(1)), "System.IProgress<System.Int32>"),
            (() => pool.RunAsync(() => ((IProgress<int>)derived).Report(1)), "System.IProgress<System.Int32>"),
            (() => pool.RunAsync(() => logger.LogInformation("lost")), "Microsoft.Extensions.Logging.ILogger"),
            (() => pool.RunAsync((Told<int> argument) => argument.Report(1), progress), "System.IProgress<System.Int32>"),
            (() => pool.ForEachAsync([1, 2], item => progress.Report(item)), "System.IProgress<System.Int32>"),
            (() => pool.RunAsync((object argument) => ((IProgress<int>)argument).Report(1), (object)progress), "System.IProgress<System.Int32>"),
        })
        {
            (await Should.ThrowAsync<NotSerializableException>(start)).Suggestion.ShouldContain($"declare the variable or parameter as {face}");
        }

        // Where a copy is what the program wants, it says so.
        var copied = new Copied();
        (await pool.RunAsync(() =>
        {
            copied.Report(5);
            return copied.Last;
        })).ShouldBe(5);
        copied.Last.ShouldBe(0);

        // In a queue it is a value.
        using var queue = new ProcessQueue<Kept>();
        queue.Put(new Kept { Last = 7 });
        queue.Get().Last.ShouldBe(7);
    });

    [Fact]
    public Task A_task_of_a_pool_in_a_worker_reports_through_both() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var told = new Told<int>();
        IProgress<int> progress = told;
        await pool.RunAsync(async () =>
        {
            await using var inner = new ProcessPool(new() { Workers = 1 });
            await inner.RunAsync(() => progress.Report(CurrentProcess.Depth));
        });
        told.Values.ShouldBe([2]);
    });

    [Fact]
    public Task Log_records_arrive_with_their_values_scopes_exceptions_and_where_they_come_from() => Watchdog.Run(async () =>
    {
        var records = new RecordingFactory();
        await using var pool = new ProcessPool(new() { Workers = 1, Name = "logged" });
        var logger = records.CreateLogger("Jobs");
        var processId = await pool.RunAsync(
            () =>
            {
                using (logger.BeginScope("order {Order}", 17))
                {
                    logger.LogWarning(new EventId(5, "Slow"), new InvalidOperationException("inner"), "took {Milliseconds} ms of {Limit}", 12.5, TimeSpan.FromSeconds(1));
                }

                logger.LogTrace("below what is wanted");
                return Environment.ProcessId;
            },
            new() { Name = "work" });
        var record = records.Records.ShouldHaveSingleItem();
        record.Category.ShouldBe("Jobs");
        record.Level.ShouldBe(LogLevel.Warning);
        record.Event.ShouldBe(new EventId(5, "Slow"));
        record.Text.ShouldBe("took 12.5 ms of 00:00:01");
        record.Values["Milliseconds"].ShouldBe(12.5);
        record.Values["Limit"].ShouldBe(TimeSpan.FromSeconds(1));
        record.Values["{OriginalFormat}"].ShouldBe("took {Milliseconds} ms of {Limit}");
        record.Exception.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("inner");
        record.Scopes.Count.ShouldBe(2);
        record.Scopes[0].ShouldBe(new Dictionary<string, object?> { ["Pool"] = "logged", ["Worker"] = 1, ["ProcessId"] = processId, ["Task"] = "work" });
        record.Scopes[1]["Order"].ShouldBe(17);
    });

    [Fact]
    public Task Typed_loggers_and_factories_cross_too() => Watchdog.Run(async () =>
    {
        var records = new RecordingFactory();
        await using var pool = new ProcessPool(new() { Workers = 1 });
        ILogger<PoolLinksTests> typed = new Logger<PoolLinksTests>(records);
        ILoggerFactory factory = records;
        await pool.RunAsync(() => typed.LogInformation("typed"));
        await pool.RunAsync(() => factory.CreateLogger("made there").LogInformation("from a factory"));
        await pool.RunAsync((ILogger logger) => logger.LogInformation("as an argument"), records.CreateLogger("argument"));
        records.Records.Select(static record => $"{record.Category}: {record.Text}").ShouldBe(
            ["Multiprocessing.Tests.PoolLinksTests: typed", "made there: from a factory", "argument: as an argument"]);
    });

    private sealed record Record(
        string Category, LogLevel Level, EventId Event, string Text, Exception? Exception, Dictionary<string, object?> Values, IReadOnlyList<Dictionary<string, object?>> Scopes);

    /// <summary>Keeps what is logged from information on.</summary>
    private sealed class RecordingFactory : ILoggerFactory
    {
        public ConcurrentQueue<Record> Records { get; } = new();

        public ILogger CreateLogger(string categoryName) => new RecordingLogger(this, categoryName);

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    private sealed class RecordingLogger(RecordingFactory factory, string category) : ILogger
    {
        private readonly Stack<Dictionary<string, object?>> _scopes = new();

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public IDisposable BeginScope<TState>(TState state)
            where TState : notnull
        {
            _scopes.Push(ValuesOf(state));
            return new Pop(_scopes);
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            factory.Records.Enqueue(new Record(category, logLevel, eventId, formatter(state, exception), exception, ValuesOf(state), [.. _scopes.Reverse()]));

        private static Dictionary<string, object?> ValuesOf(object? state) => new((IEnumerable<KeyValuePair<string, object?>>)state!);

        private sealed class Pop(Stack<Dictionary<string, object?>> scopes) : IDisposable
        {
            public void Dispose() => scopes.Pop();
        }
    }
}

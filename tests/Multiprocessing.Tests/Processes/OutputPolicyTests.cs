using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class OutputPolicyTests : ProcessTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("inherit")]
    [InlineData("discard")]
    [InlineData("lines")]
    [InlineData("prefix")]
    [InlineData("log")]
    public Task The_last_words_of_a_crash_are_in_the_exception_whatever_the_policy(string policy) => Watchdog.Run(
        async () =>
        {
            var options = new ChildProcessOptions { StandardOutput = Policy(policy), StandardError = Policy(policy) };
            using var child = ChildProcess.Run(Crash, options);
            child.Join();
            var died = child.TakeFailure().ShouldBeOfType<ProcessDiedException>();
            died.StandardErrorTail.ShouldContain("the last but one line\nand the last");
            died.Message.ShouldContain("the disk is gone");

            await using var pool = new ProcessPool(new() { Workers = 1, Process = options });
            var worker = await Should.ThrowAsync<WorkerDiedException>(pool.RunAsync(Crash));
            worker.StandardErrorTail.ShouldContain("the last but one line\nand the last");
            worker.StandardErrorTail.ShouldContain("the disk is gone");
        },
        Limit);

    [Fact]
    public Task Each_line_is_one_record_with_the_processes_name_and_id_even_when_a_kill_cut_it_off() => Watchdog.Run(
        () =>
        {
            var log = new RecordingLog();
            using var ready = new ProcessEvent(EventResetMode.ManualReset);
            using var child = ChildProcess.Run(
                () =>
                {
                    Console.Write("grüße\r\n\nhalf of a li");
                    Console.Out.Flush();
                    ready.Set();
                    Ends.Forever();
                },
                new ChildProcessOptions { Name = "talker", StandardOutput = ProcessOutput.Log(log, LogLevel.Warning) });
            ready.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
            child.Kill();
            child.Join();
            log.Records.Select(record => record["Line"]).ShouldBe(["grüße", "", "half of a li"]);
            log.Records.ShouldAllBe(record => (string)record["ProcessName"]! == "talker" && (int)record["ProcessId"]! == child.Id && (LogLevel)record["Level"]! == LogLevel.Warning);
        },
        Limit);

    [Fact]
    public Task Without_a_logger_records_go_to_a_category_of_the_factory() => Watchdog.Run(
        () =>
        {
            var log = new RecordingLog();
            using var replaced = new FactoryInPlace(log);
            using var child = ChildProcess.Run(() => Console.WriteLine("hello"), new ChildProcessOptions { StandardOutput = ProcessOutput.Log() });
            child.Join();
            log.Records.Select(record => record["Line"]).ShouldBe(["hello"]);
            log.Categories.ShouldBe(["Multiprocessing.Output"]);
        },
        Limit);

    [Fact]
    public Task A_logger_that_throws_loses_its_line_only() => Watchdog.Run(
        () =>
        {
            var log = new RecordingLog { Refuses = "bad" };
            using var child = ChildProcess.Run(() => Console.Write("good\nbad\nbetter\n"), new ChildProcessOptions { StandardOutput = ProcessOutput.Log(log) });
            child.Join();
            log.Records.Select(record => record["Line"]).ShouldBe(["good", "better"]);
            child.ExitStatus!.IsSuccess.ShouldBeTrue();
        },
        Limit);

    [Fact]
    public Task A_factory_that_throws_at_everything_disturbs_neither_parent_nor_child() => Watchdog.Run(
        () =>
        {
            using var replaced = new FactoryInPlace(new RecordingLog { Refuses = "" });
            using var child = ChildProcess.Run(() => Console.Write("one\ntwo\nthree"), new ChildProcessOptions { StandardOutput = ProcessOutput.Log() });
            child.Join();
            child.ExitStatus!.IsSuccess.ShouldBeTrue();
        },
        Limit);

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Should.Throw<ArgumentException>(() => ProcessOutput.Prefix("{Name}\n")).ParamName.ShouldBe("format");
        Should.Throw<ArgumentOutOfRangeException>(() => ProcessOutput.Log(level: LogLevel.None)).ParamName.ShouldBe("level");
    }

    private static void Crash()
    {
        Console.Error.Write("the last but one line\nand the last");
        Environment.FailFast("the disk is gone");
    }

    private static ProcessOutput Policy(string name) => name switch
    {
        "inherit" => ProcessOutput.Inherit,
        "discard" => ProcessOutput.Discard,
        "lines" => ProcessOutput.ToLines(_ => { }),
        "prefix" => ProcessOutput.Prefix(),
        "log" => ProcessOutput.Log(new RecordingLog()),
        _ => throw new ArgumentException($"No policy '{name}'.", nameof(name)),
    };

    /// <summary>Has the library log there for as long as a test runs.</summary>
    private sealed class FactoryInPlace : IDisposable
    {
        private readonly ILoggerFactory _before = MultiprocessingLogging.Factory;

        public FactoryInPlace(ILoggerFactory factory) => MultiprocessingLogging.Factory = factory;

        public void Dispose() => MultiprocessingLogging.Factory = _before;
    }

    /// <summary>Keeps the lines that it gets; throws for lines that contain a text.</summary>
    private sealed class RecordingLog : ILoggerFactory, ILogger
    {
        private readonly Lock _gate = new();
        private readonly List<Dictionary<string, object?>> _records = [];
        private readonly List<string> _categories = [];

        public string? Refuses { get; init; }

        public IReadOnlyList<Dictionary<string, object?>> Records
        {
            get
            {
                lock (_gate)
                {
                    return [.. _records];
                }
            }
        }

        public IReadOnlyList<string> Categories
        {
            get
            {
                lock (_gate)
                {
                    return [.. _categories];
                }
            }
        }

        public ILogger CreateLogger(string categoryName)
        {
            lock (_gate)
            {
                _categories.Add(categoryName);
            }

            return this;
        }

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("It keeps everything itself.");

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Refuses is { } text && formatter(state, exception).Contains(text, StringComparison.Ordinal))
            {
                throw new InvalidOperationException("I do not like this record.");
            }

            var record = ((IEnumerable<KeyValuePair<string, object?>>)state!).ToDictionary(pair => pair.Key, pair => pair.Value);
            record["Level"] = logLevel;
            lock (_gate)
            {
                _records.Add(record);
            }
        }

        public void Dispose()
        {
        }
    }
}

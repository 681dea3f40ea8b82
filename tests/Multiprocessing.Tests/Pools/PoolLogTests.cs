using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Pools;

/// <summary>What a pool logs of its workers.</summary>
public class PoolLogTests : ProcessTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Starts_and_orderly_ends_are_debug_records() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        int id;
        await using (var pool = new ProcessPool(new() { Name = "P", Workers = 1, ShutdownGrace = Patience }))
        {
            id = await pool.RunAsync(static () => Environment.ProcessId);
        }

        log.Records.Select(static record => (record.Level, record.Text)).ShouldBe(
            [(LogLevel.Debug, $"Pool P: worker P:1 ({id}) started"), (LogLevel.Debug, $"Pool P: worker P:1 ({id}) ended: exit code 0")]);
    });

    [Fact]
    public Task Deaths_are_warnings_that_name_the_task_and_retries_are_logged() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        await using (var pool = new ProcessPool(new() { Name = "P", Workers = 1 }))
        {
            await Should.ThrowAsync<WorkerDiedException>(pool.RunAsync(static () => Environment.Exit(9), new() { Name = "leave", MaxAttempts = 2 }));
        }

        var deaths = log.TextsOf(LogLevel.Warning).ToList();
        deaths.Count.ShouldBe(2, log.ToString());
        deaths.ShouldAllBe(static text => text.StartsWith("Pool P: worker P:") && text.Contains("died while it ran 'leave': exit code 9"), log.ToString());
        log.TextsOf(LogLevel.Information).ShouldBe(["Pool P: task 'leave' is tried again after its worker died, attempt 2 of 2"]);
    });

    [Fact]
    public Task A_worker_that_dies_between_tasks_is_reported_too() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        await using (var pool = new ProcessPool(new() { Name = "P", Workers = 1 }))
        {
            var id = await pool.RunAsync(static () => Environment.ProcessId);
            Posix.Signal(id, Posix.SigKill);
            Eventually.Is(() => log.TextsOf(LogLevel.Warning).Any(), "the death is told");
        }

        log.TextsOf(LogLevel.Warning).ShouldHaveSingleItem().ShouldContain("died while it had no task");
    });

    [Fact]
    public Task Kills_say_why() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        await using (var pool = new ProcessPool(new() { Name = "P", Workers = 1, CancellationGrace = TimeSpan.FromMilliseconds(50), ShutdownGrace = Patience }))
        {
            await Should.ThrowAsync<TimeoutException>(pool.RunAsync(Sleep, new() { Name = "slow", Timeout = TimeSpan.FromMilliseconds(100) }));
            using var cancellation = new CancellationTokenSource();
            using var begun = new ProcessEvent();
            var cancelled = pool.RunAsync(
                () =>
                {
                    begun.Set();
                    Sleep();
                },
                new() { Name = "deaf" },
                cancellation.Token);
            begun.Wait(Patience).ShouldBeTrue();
            await cancellation.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(cancelled);
            begun.Reset();
            var last = pool.RunAsync(
                () =>
                {
                    begun.Set();
                    Sleep();
                },
                new() { Name = "last" });
            begun.Wait(Patience).ShouldBeTrue();
            await pool.DisposeAsync();
            await Should.ThrowAsync<ObjectDisposedException>(last);
        }

        var kills = log.Records.Where(static record => record.Event == 24).Select(static record => $"{record.Level} {record.Text}").ToList();
        kills.Count.ShouldBe(3, log.ToString());
        kills[0].ShouldStartWith("Warning Pool P: worker P:1 (");
        kills[0].ShouldEndWith("is killed, because its task exceeded its time limit; its task: slow");
        kills[1].ShouldStartWith("Information");
        kills[1].ShouldEndWith("because its task was cancelled and did not end within CancellationGrace; its task: deaf");
        kills[2].ShouldStartWith("Information");
        kills[2].ShouldEndWith("its task: last");
        log.TextsOf(LogLevel.Warning).Count().ShouldBe(1, log.ToString());

        static void Sleep() => Thread.Sleep(Timeout.Infinite);
    });

    [Fact]
    public Task Kills_that_the_program_asked_for_say_so() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        await using (var pool = new ProcessPool(new() { Name = "P", Workers = 1 }))
        {
            var id = await pool.RunAsync(static () => Environment.ProcessId);
            pool.KillWorkers();
            Eventually.IsGone(id);
            (await pool.RunAsync(static () => Environment.ProcessId)).ShouldNotBe(id);
            await pool.DisposeAsync();
            log.TextsOf(LogLevel.Debug).ShouldContain($"Pool P: worker P:1 ({id}) is killed, because KillWorkers was called; its task: (none)", log.ToString());
        }
    });

    [Fact]
    public Task Replacements_name_the_limit_that_was_reached() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        await using (var pool = new ProcessPool(new() { Workers = 1, MaxTasksPerWorker = 2, ShutdownGrace = Patience }))
        {
            await pool.MapAsync(Enumerable.Range(0, 4), static item => item);
        }

        await using (var pool = new ProcessPool(new() { Workers = 1, MaxWorkerAge = TimeSpan.FromMilliseconds(1), ShutdownGrace = Patience }))
        {
            await pool.MapAsync(Enumerable.Range(0, 3), static item => Rest(item));
        }

        await using (var pool = new ProcessPool(new() { Workers = 1, MaxWorkerMemory = 1, ShutdownGrace = Patience }))
        {
            await pool.MapAsync(Enumerable.Range(0, 3), static item => Rest(item));
        }

        var replaced = log.Records.Where(static record => record.Event == 25).ToList();
        replaced.ShouldAllBe(static record => record.Level == LogLevel.Debug);
        foreach (var limit in new[] { "MaxTasksPerWorker", "MaxWorkerAge", "MaxWorkerMemory" })
        {
            replaced.ShouldContain(record => record.Text.EndsWith(limit), log.ToString());
        }

        log.Records.ShouldAllBe(static record => record.Level == LogLevel.Debug, log.ToString());

        static int Rest(int item)
        {
            Thread.Sleep(50);
            return item;
        }
    });

    [Fact]
    public Task A_logger_that_throws_does_no_harm() => Watchdog.Run(async () =>
    {
        var before = MultiprocessingLogging.Factory;
        MultiprocessingLogging.Factory = new ThrowingFactory();
        try
        {
            await using var pool = new ProcessPool(new() { Workers = 1 });
            await Should.ThrowAsync<WorkerDiedException>(pool.RunAsync(static () => Environment.Exit(9)));
            (await pool.RunAsync(static () => 1)).ShouldBe(1);
        }
        finally
        {
            MultiprocessingLogging.Factory = before;
        }
    });

    private sealed class ThrowingFactory : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => throw new InvalidOperationException("no logger today");

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}

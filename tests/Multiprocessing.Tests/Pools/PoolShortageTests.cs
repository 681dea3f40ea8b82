using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Pools;

/// <summary>Starts of workers that fail for a while, or for good.</summary>
public class PoolShortageTests : ProcessTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [PosixFact("Handles there have no limit that a program could set.")]
    public Task A_pool_survives_a_shortage_of_descriptors() => Watchdog.Run(
        () =>
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit's number is Linux's.");
            using var companion = Companion.Run(ProgramShape.AppHost, "pool-shortage", "descriptors");
            ShouldHaveSurvived(companion);
        },
        TimeSpan.FromSeconds(120));

    [PosixFact("Processes there have no limit that a program could set for itself.")]
    public Task A_pool_survives_a_shortage_of_processes_and_threads() => Watchdog.Run(
        () =>
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit's number is Linux's.");
            using var companion = Companion.Run(AsOrdinaryUser(), "pool-shortage", "processes");
            ShouldHaveSurvived(companion);
        },
        TimeSpan.FromSeconds(120));

    [Fact]
    public Task A_pool_survives_a_shortage_of_shared_memory() => Watchdog.Run(
        () =>
        {
            var shape = FullMemoryTests.InNamespace("mount -t tmpfs -o size=24m tmpfs /dev/shm && mount -t tmpfs -o size=24m tmpfs /mnt && export TMPDIR=/mnt DOTNET_EnableDiagnostics=0");
            using var companion = Companion.Run(shape, "pool-shortage", "memory");
            ShouldHaveSurvived(companion);
        },
        TimeSpan.FromSeconds(120));

    [Fact]
    public Task While_no_worker_can_start_tasks_wait_and_workers_that_are_there_go_on() => Watchdog.Run(
        async () =>
        {
            using var log = new RecordedLog();
            using var place = new TemporaryDirectory();
            var directory = Path.Combine(place.Path, "work");
            Directory.CreateDirectory(directory);
            await using var pool = new ProcessPool(new() { Workers = 3, Process = new ChildProcessOptions { WorkingDirectory = directory } });
            using var go = new ProcessEvent();
            await pool.RunAsync(static () => { });
            var first = pool.RunAsync(() => go.Wait(Patience), new() { Name = "long" });
            var away = directory + ".away";
            MoveWhenNothingIsInIt(directory, away);
            var others = Enumerable.Range(0, 6).Select(number => pool.RunAsync(() => number)).ToList();
            Eventually.Is(() => log.TextsOf(LogLevel.Warning).Count() >= 4, "four starts have failed");
            first.IsCompleted.ShouldBeFalse();
            others.ShouldAllBe(static task => !task.IsCompleted);
            pool.ProcessIds.Count.ShouldBe(1);

            Directory.CreateDirectory(directory);
            (await Task.WhenAll(others).WaitAsync(Patience)).ShouldBe([0, 1, 2, 3, 4, 5]);
            go.Set();
            (await first).ShouldBeTrue();
            log.TextsOf(LogLevel.Warning).ShouldAllBe(text => text.Contains("the next try is in") && text.Contains(directory), log.ToString());
            log.TextsOf(LogLevel.Error).ShouldBeEmpty();
        },
        TimeSpan.FromSeconds(120));

    [Fact]
    public Task A_pool_without_workers_gives_up_after_the_failed_starts_that_it_may_have_and_names_the_cause() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        var directory = Path.Combine(Path.GetTempPath(), "no such directory");
        await using var pool = new ProcessPool(new() { Name = "P", Workers = 4, MaxFailedStarts = 3, Process = new ChildProcessOptions { WorkingDirectory = directory } });
        var tasks = Enumerable.Range(0, 5).Select(number => pool.RunAsync(() => number)).ToList();
        foreach (var task in tasks)
        {
            var error = await Should.ThrowAsync<PoolBrokenException>(task);
            error.Message.ShouldContain("'P'");
            error.Message.ShouldContain("3 starts in a row");
            error.Message.ShouldContain(directory);
            error.InnerException.ShouldBeOfType<ProcessStartException>();
        }

        (await Should.ThrowAsync<PoolBrokenException>(pool.MapAsync([1, 2], static item => item))).Message.ShouldContain(directory);
        await pool.DisposeAsync();
        log.TextsOf(LogLevel.Warning).Count().ShouldBe(2, "starts that fail together count as one: " + log);
        log.TextsOf(LogLevel.Error).ShouldHaveSingleItem().ShouldContain(directory);
    });

    [Fact]
    public Task A_pool_with_a_worker_does_not_give_up_and_one_that_breaks_says_why_to_the_task_that_runs() => Watchdog.Run(
        async () =>
        {
            using var log = new RecordedLog();
            using var place = new TemporaryDirectory();
            var directory = Path.Combine(place.Path, "work");
            Directory.CreateDirectory(directory);
            await using var pool = new ProcessPool(new() { Workers = 2, MaxFailedStarts = 2, MaxDeathsPerMinute = 1, Process = new ChildProcessOptions { WorkingDirectory = directory } });
            await pool.WarmUpAsync(2); // no start is under way when the directory goes
            MoveWhenNothingIsInIt(directory, directory + ".away");
            using var begun = new ProcessEvent();
            var long1 = pool.RunAsync(() =>
            {
                begun.Set();
                Thread.Sleep(Timeout.Infinite);
            });
            begun.Wait(Patience).ShouldBeTrue();
            await Should.ThrowAsync<WorkerDiedException>(pool.RunAsync(static () => Environment.Exit(9)));
            var waiting = pool.RunAsync(static () => 1);
            Eventually.Is(() => log.Records.Count(static record => record.Event == 27) >= 3, "more starts have failed than a pool without workers survives");
            long1.IsCompleted.ShouldBeFalse();
            waiting.IsCompleted.ShouldBeFalse();

            // A second death within the minute is one too many, and breaks it.
            Posix.Signal(pool.ProcessIds.Single(), Posix.SigKill);
            await Should.ThrowAsync<Exception>(long1);
            var error = await Should.ThrowAsync<PoolBrokenException>(waiting);
            error.Message.ShouldContain("2 workers died within a minute");
            await pool.DisposeAsync();
            (await Should.ThrowAsync<PoolBrokenException>(pool.RunAsync(static () => 1))).Message.ShouldBe(error.Message);
        },
        TimeSpan.FromSeconds(120));

    [Fact]
    public Task A_task_that_runs_when_its_pool_breaks_ends_with_the_pools_reason() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        await using var pool = new ProcessPool(new() { Workers = 2, MaxDeathsPerMinute = 1, MaxAttempts = 5 });
        using var begun = new ProcessEvent();
        var running = pool.RunAsync(() =>
        {
            begun.Set();
            Thread.Sleep(Timeout.Infinite);
        });
        begun.Wait(Patience).ShouldBeTrue();
        await Should.ThrowAsync<PoolBrokenException>(pool.RunAsync(static () => Environment.Exit(9)));
        (await Should.ThrowAsync<PoolBrokenException>(running)).Message.ShouldContain("died within a minute");
        await pool.DisposeAsync();
        log.TextsOf(LogLevel.Warning).ShouldContain(text => text.Contains("is killed, because the pool gave up"), log.ToString());
        log.TextsOf(LogLevel.Error).ShouldHaveSingleItem().ShouldContain("is broken");
    });

    [Fact]
    public Task A_success_resets_the_count_of_failed_starts() => Watchdog.Run(
        async () =>
        {
            using var log = new RecordedLog();
            using var place = new TemporaryDirectory();
            var directory = Path.Combine(place.Path, "work");
            await using var pool = new ProcessPool(new()
            {
                Workers = 1,
                MaxFailedStarts = 8, // which the pauses reach after eleven seconds, if this thread stands still; the three rounds have nine
                IdleTimeout = TimeSpan.FromMilliseconds(10),
                Process = new ChildProcessOptions { WorkingDirectory = directory },
            });
            for (var round = 1; round <= 3; round++)
            {
                var failed = log.Records.Count(static record => record.Event == 27);
                var task = pool.RunAsync(static () => 1);
                Eventually.Is(() => log.Records.Count(static record => record.Event == 27) >= failed + 3, "three starts have failed");
                Directory.CreateDirectory(directory);
                (await task.WaitAsync(Patience)).ShouldBe(1);
                Eventually.Is(() => pool.ProcessIds.Count == 0, "the worker had nothing to do and has ended");
                MoveWhenNothingIsInIt(directory, $"{directory}.{round}");
            }
        },
        TimeSpan.FromSeconds(120));

    [Fact]
    public Task Starts_of_a_pool_whose_workers_take_no_spares_have_none_made() => Watchdog.Run(async () =>
    {
        SpareProcesses.MaxCount = 2;
        try
        {
            await using (var pool = new ProcessPool(new() { Workers = 2, Process = new ChildProcessOptions { Environment = { ["A"] = "b" } } }))
            {
                await pool.WarmUpAsync(2); // no start is under way when the processes are counted
                await pool.ForEachAsync(Enumerable.Range(0, 4), static _ => Thread.Sleep(200));
                await Task.Delay(1000);
                SpareProcesses.ReadyCount.ShouldBe(0);
                TestRun.Processes().Count(entry => entry.ParentId == Environment.ProcessId).ShouldBe(pool.ProcessIds.Count);
            }

            ChildProcess.Run(static () => 1).Take().ShouldBe(1);
            Eventually.Is(static () => SpareProcesses.ReadyCount == 1, "a start that could have taken a spare has one made");
        }
        finally
        {
            SpareProcesses.MaxCount = 0;
        }
    });

    /// <summary>The companion as a user that limits concern and that runs nothing else, if these tests run as root.</summary>
    private static ProgramShape AsOrdinaryUser()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return ProgramShape.AppHost;
        }

        var shape = new ProgramShape("nobody", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "-u", "MULTIPROCESSING_SCENARIO_LOG", "TMPDIR=/tmp", ProgramShape.AppHost.FileName);
        try
        {
            using var trial = Companion.Run(shape, "one-child");
            Assert.SkipUnless(trial.ExitCode == 0, "Another user cannot run the companion from where it lies.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no setpriv here.");
        }

        return shape;
    }

    private static void ShouldHaveSurvived(Companion companion)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(companion.ToString());
        Assert.SkipWhen(companion.Values("skipped").Count > 0, "This user has no such limit.");
        companion.ExitCode.ShouldBe(0, companion.ToString());
        companion.Value("meanwhile").ShouldBe("True True True");
        companion.Value("second").ShouldBe("True");
        companion.Value("first").ShouldBe("True");
        companion.Value("told").ShouldBe("True");
        companion.Value("alone").ShouldBe("45");
    }

    /// <summary>Renames it; under Windows a directory in which a process runs stays where it is.</summary>
    private static void MoveWhenNothingIsInIt(string directory, string elsewhere)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A directory in which a process runs can neither be moved nor deleted there.");
        Directory.Move(directory, elsewhere);
    }
}

using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Supervision;

/// <summary>Supervisors below supervisors; pools; what an operator sees.</summary>
public partial class TreeTests : ProcessTest
{
    [Fact]
    public Task A_nested_supervisor_that_is_removed_has_ended_for_good() => Watchdog.Run(async () =>
    {
        await using var root = new ProcessSupervisor();
        var inner = root.AddSupervisor("inner");
        await root["inner"].WaitRunningAsync();
        await root["inner"].RemoveAsync();
        await inner.Completion;
        Should.Throw<ArgumentException>(() => root.AddSupervisor("", new()));
    });

    [Fact]
    public Task A_nested_supervisor_that_gives_up_is_started_again_by_its_parent_with_all_its_children() => Watchdog.Run(async () =>
    {
        await using var root = new ProcessSupervisor(new() { Name = "root" });
        var beside = root.AddBody("beside", Bodies.UntilStopped, Bodies.Quiet);
        var inner = root.AddSupervisor("inner", new() { MaxRestarts = 1 });
        var a = inner.AddBody("a", Bodies.UntilStopped, Bodies.Quiet);
        var b = inner.AddBody("b", Bodies.UntilStopped, Bodies.Quiet);
        await root.WaitStartedAsync();
        await inner.WaitStartedAsync();
        var (besideId, bId) = (beside.ProcessId, b.ProcessId);
        await a.KillAndWait();
        b.ProcessId.ShouldBe(bId);
        await a.KillAndWait(); // one too many for the nested one
        await inner.WaitStartedAsync();
        b.ProcessId.ShouldNotBe(bId);
        beside.ProcessId.ShouldBe(besideId);
        root["inner"].RestartCount.ShouldBe(1);
        Should.Throw<KeyNotFoundException>(() => root["outer"]).Message.ShouldContain("'outer'");
        root.Children[1].LastDeath.ShouldBeOfType<SupervisorEscalatedException>().ChildName.ShouldBe("a");
        root.Completion.IsCompleted.ShouldBeFalse();
    });

    [Fact]
    public Task Escalation_goes_up_to_the_root_and_to_the_caller() => Watchdog.Run(async () =>
    {
        var root = new ProcessSupervisor(new() { Name = "root", MaxRestarts = 1, BackOff = new() { Initial = TimeSpan.Zero } });
        var inner = root.AddSupervisor("inner", new() { MaxRestarts = 1, BackOff = new() { Initial = TimeSpan.Zero } });
        inner.AddBody("bad", static () => throw new FormatException("bad settings"), Bodies.Quiet);
        var escalated = await Should.ThrowAsync<SupervisorEscalatedException>(() => root.Completion);
        escalated.SupervisorName.ShouldBe("root");
        var below = escalated.LastDeath.ShouldBeOfType<SupervisorEscalatedException>();
        (below.SupervisorName, below.ChildName).ShouldBe(("inner", "bad"));
        below.LastDeath.ShouldBeOfType<FormatException>();
        await Should.ThrowAsync<SupervisorEscalatedException>(() => inner.Completion);
        await Should.ThrowAsync<SupervisorEscalatedException>(async () => await root.DisposeAsync());
    });

    [Fact]
    public Task The_tree_shows_every_child_with_its_state_and_its_last_death() => Watchdog.Run(async () =>
    {
        await using var root = new ProcessSupervisor(new() { Name = "web" });
        var importer = root.AddBody("importer", Bodies.UntilStopped, Bodies.Quiet);
        var reports = root.AddSupervisor("reports", new() { Strategy = RestartStrategy.RestForOne, MaxRestarts = 3, Period = TimeSpan.FromSeconds(5) });
        reports.AddBody("render", Bodies.UntilStopped, Bodies.With(RestartPolicy.Transient));
        var job = root.AddBody("job", () => { }, Bodies.With(RestartPolicy.Transient));
        await root.WaitStartedAsync();
        await importer.KillAndWait();
        await job.WaitUntil(() => job.State == SupervisedChildState.Ended);
        Pid().Replace(root.ToString(), "pid N").ShouldBe(
            """
            web: one for one, 1 of 5 restarts within 60 s
            ├─ importer  running, pid N, permanent, 1 restart, last: killed by signal 9 (SIGKILL)
            ├─ reports   running, supervisor, permanent; rest for one, 0 of 3 restarts within 5 s
            │  └─ render  running, pid N, transient
            └─ job       ended, transient, last: ended normally
            """.ReplaceLineEndings("\n"));
        Pid().Replace(importer.ToString(), "pid N").ShouldBe("importer: running, pid N, permanent, 1 restart, last: killed by signal 9 (SIGKILL)");
        await reports.DisposeAsync();
        root.Children.Select(static child => child.Name).ShouldBe(["importer", "job"]);
    });

    [Fact]
    public Task A_pool_that_breaks_is_replaced() => Watchdog.Run(async () =>
    {
        await using var supervisor = new ProcessSupervisor();
        var quiet = new ChildProcessOptions { StandardError = ProcessOutput.Discard };
        var pool = supervisor.AddPool("pool", () => new ProcessPool(new() { Workers = 1, MaxDeathsPerMinute = 0 + 1, MaxAttempts = 10, Process = quiet }));
        var first = await pool.GetAsync();
        (await first.RunAsync(() => 1)).ShouldBe(1);
        await Should.ThrowAsync<PoolBrokenException>(() => first.RunAsync(() => Environment.Exit(1)));
        await pool.Child.WaitUntil(() => pool.Child.RestartCount == 1);
        var second = await pool.GetAsync();
        second.ShouldNotBeSameAs(first);
        (await second.RunAsync(() => 2)).ShouldBe(2);
        pool.Child.LastDeath.ShouldBeOfType<PoolBrokenException>();
        supervisor.ToString().ShouldContain("running, pool, permanent, 1 restart");
    });

    [Fact]
    public Task A_pool_whose_workers_cannot_start_is_a_failed_start() => Watchdog.Run(async () =>
    {
        var supervisor = new ProcessSupervisor(new() { MaxRestarts = 0 });
        supervisor.AddPool(
            "pool",
            () => new ProcessPool(new() { Workers = 1, MinWorkers = 1, Initializer = () => throw new FormatException("no model"), Process = new() { StandardError = ProcessOutput.Discard } }));
        await Should.ThrowAsync<SupervisorEscalatedException>(() => supervisor.Completion);
        (await Should.ThrowAsync<SupervisorEscalatedException>(async () => await supervisor.DisposeAsync())).LastDeath.ShouldNotBeNull();
    });

    [Fact]
    public Task The_death_of_the_supervisors_process_ends_all_children() => Watchdog.Run(async () =>
    {
        using var ids = new ProcessQueue<int>();
        using var parent = ChildProcess.Run(
            async queue =>
            {
                var supervisor = new ProcessSupervisor();
                supervisor.AddBody("a", Bodies.UntilStopped);
                supervisor.AddSupervisor("inner").AddBody("b", Bodies.Deaf);
                await supervisor.WaitStartedAsync();
                queue.Put(supervisor.Children[0].ProcessId!.Value);
                queue.Put(ProcessEntry.Descendants(Environment.ProcessId).Count());
                await Task.Delay(Timeout.Infinite);
            },
            ids,
            Ends.Quiet);
        var child = await ids.GetAsync(TimeSpan.FromSeconds(60));
        (await ids.GetAsync(TimeSpan.FromSeconds(60))).ShouldBeGreaterThanOrEqualTo(2);
        Posix.Signal(parent.Id, Posix.SigKill);
        parent.Join();
        Eventually.IsGone(child);
        Eventually.Is(() => TestRun.Processes().Count == 0, "no process is left");
    });

    [Fact]
    public Task Log_records_and_metrics_say_what_happened() => Watchdog.Run(async () =>
    {
        var sums = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Multiprocessing")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags is [{ Key: "multiprocessing.supervisor", Value: "measured" }, { Key: "multiprocessing.child" }])
            {
                lock (sums)
                {
                    sums[instrument.Name] = sums.GetValueOrDefault(instrument.Name) + (instrument is Histogram<double> ? 1 : value);
                }
            }
        }

        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        using var log = new RecordedLog();
        var supervisor = new ProcessSupervisor(new() { Name = "measured", MaxRestarts = 1 });
        var child = supervisor.AddBody("a", Bodies.UntilStopped, Bodies.Quiet);
        await child.WaitRunningAsync();
        await child.KillAndWait();

        // A change is reported a moment after it can be seen.
        Eventually.Is(() => log.Records.Count(static record => record.Event == 60) == 2, "the second start is logged");
        lock (sums)
        {
            sums["multiprocessing.supervisor.children.running"].ShouldBe(1);
        }

        Posix.Signal(child.ProcessId!.Value, Posix.SigKill);
        await Should.ThrowAsync<SupervisorEscalatedException>(async () => await supervisor.Completion);
        await Should.ThrowAsync<SupervisorEscalatedException>(async () => await supervisor.DisposeAsync());
        Eventually.Is(() => log.Records.Any(static record => record.Event == 67), "the escalation is logged");
        lock (sums)
        {
            sums["multiprocessing.supervisor.children.running"].ShouldBe(0);
            sums["multiprocessing.supervisor.children.deaths"].ShouldBe(2);
            sums["multiprocessing.supervisor.children.restarts"].ShouldBe(1);
            sums["multiprocessing.supervisor.children.restart.duration"].ShouldBe(1);
            sums["multiprocessing.supervisor.escalations"].ShouldBe(1);
        }

        var records = log.Records.Where(static record => record.Event is >= 60 and < 80).ToArray();
        records.Count(static record => record.Event == 60).ShouldBe(2);
        records.Count(static record => record.Event == 62).ShouldBe(2);
        records.Single(static record => record.Event == 65).Text.ShouldContain("restart 1 of 1");
        records.Single(static record => record.Event == 67).Level.ShouldBe(LogLevel.Error);
    });

    [GeneratedRegex(@"pid \d+")]
    private static partial Regex Pid();
}

using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Supervision;

/// <summary>When a child starts again, when it does not, and when the supervisor gives up.</summary>
public class RestartTests : ProcessTest
{
    [Fact]
    public Task A_permanent_child_starts_again_also_after_a_normal_end() => Watchdog.Run(async () =>
    {
        using var lives = new SharedValue<int>();
        await using var supervisor = new ProcessSupervisor(new() { BackOff = new() { Initial = TimeSpan.Zero } });
        supervisor.AddBody(
            "short",
            () =>
            {
                if (Interlocked.Increment(ref lives.Reference) >= 3)
                {
                    Bodies.UntilStopped().Wait();
                }
            },
            Bodies.Quiet);
        await supervisor.Children[0].WaitUntil(() => lives.Value == 3);
        supervisor.Children[0].RestartCount.ShouldBe(2);
        supervisor.Children[0].LastDeath.ShouldBeNull();
    });

    [Fact]
    public Task A_transient_child_starts_again_after_an_exception_and_not_after_a_normal_end() => Watchdog.Run(async () =>
    {
        using var lives = new SharedValue<int>();
        await using var supervisor = new ProcessSupervisor();
        var child = supervisor.AddBody(
            "job",
            () =>
            {
                if (Interlocked.Increment(ref lives.Reference) == 1)
                {
                    throw new FormatException("bad input");
                }
            },
            Bodies.With(RestartPolicy.Transient));
        await child.WaitUntil(() => child.State == SupervisedChildState.Ended);
        lives.Value.ShouldBe(2);
        child.RestartCount.ShouldBe(1);
        (await Should.ThrowAsync<InvalidOperationException>(() => child.WaitRunningAsync())).Message.ShouldContain("Transient");
        await supervisor.WaitStartedAsync(); // it has ended for good
    });

    [Fact]
    public Task A_temporary_child_that_was_killed_is_not_started_again_and_leaves_the_tree() => Watchdog.Run(async () =>
    {
        await using var supervisor = new ProcessSupervisor();
        var child = supervisor.AddBody("once", Bodies.UntilStopped, Bodies.With(RestartPolicy.Temporary));
        await child.WaitRunningAsync();
        Posix.Signal(child.ProcessId!.Value, Posix.SigKill);
        await child.WaitUntil(() => child.State == SupervisedChildState.Ended);
        child.RestartCount.ShouldBe(0);
        child.LastDeath.ShouldBeOfType<ProcessDiedException>();
        supervisor.Children.ShouldBeEmpty();
        supervisor.AddBody("once", Bodies.UntilStopped, Bodies.With(RestartPolicy.Temporary)); // the name is free again
    });

    [Fact]
    public Task More_deaths_than_allowed_stop_all_children_and_reach_the_caller_as_an_exception() => Watchdog.Run(async () =>
    {
        var supervisor = new ProcessSupervisor(new() { Name = "web", MaxRestarts = 2, BackOff = new() { Initial = TimeSpan.Zero } });
        var good = supervisor.AddBody("good", Bodies.UntilStopped, Bodies.Quiet);
        var bad = supervisor.AddBody("bad", static () => throw new FormatException("bad settings"), Bodies.Quiet);
        var escalated = await Should.ThrowAsync<SupervisorEscalatedException>(() => supervisor.Completion);
        escalated.SupervisorName.ShouldBe("web");
        escalated.ChildName.ShouldBe("bad");
        escalated.LastDeath.ShouldBeOfType<FormatException>().Message.ShouldBe("bad settings");
        escalated.History.Count.ShouldBe(2);
        escalated.History.ShouldAllBe(static restart => restart.ChildName == "bad" && restart.Death is FormatException);
        escalated.Message.ShouldContain("MaxRestarts");
        good.State.ShouldBe(SupervisedChildState.Stopped);
        good.ProcessId.ShouldBeNull();
        TestRun.Processes().ShouldBeEmpty();

        (await Should.ThrowAsync<SupervisorEscalatedException>(async () => await supervisor.DisposeAsync())).ShouldBeSameAs(escalated);
        Should.Throw<InvalidOperationException>(() => supervisor.AddBody("late", Bodies.UntilStopped)).InnerException.ShouldBeSameAs(escalated);
        await Should.ThrowAsync<InvalidOperationException>(() => supervisor.WaitStartedAsync());
        await Should.ThrowAsync<InvalidOperationException>(() => bad.WaitRunningAsync());
        supervisor.ToString().ShouldContain("has given up");
    });

    [Fact]
    public Task A_child_whose_creation_fails_counts_as_dead() => Watchdog.Run(async () =>
    {
        var tries = 0;
        var supervisor = new ProcessSupervisor(new() { MaxRestarts = 3, BackOff = new() { Initial = TimeSpan.Zero } });
        supervisor.AddProcess("never", () => ++tries > 0 ? throw new FileNotFoundException("no settings") : null!);
        var escalated = await Should.ThrowAsync<SupervisorEscalatedException>(() => supervisor.Completion);
        escalated.LastDeath.ShouldBeOfType<FileNotFoundException>();
        tries.ShouldBe(4);
        await Should.ThrowAsync<SupervisorEscalatedException>(async () => await supervisor.DisposeAsync());
    });

    [Fact]
    public Task A_start_that_the_system_refuses_is_tried_again() => Watchdog.Run(async () =>
    {
        using var directory = new TemporaryDirectory();
        var missing = Path.Combine(directory.Path, "later");
        await using var supervisor = new ProcessSupervisor(new() { MaxRestarts = 1_000, BackOff = new() { Initial = TimeSpan.FromMilliseconds(20), Factor = 1 } });
        var child = supervisor.AddBody(
            "early", Bodies.UntilStopped, new() { Process = new() { WorkingDirectory = missing, StandardError = ProcessOutput.Discard } });
        await child.WaitUntil(() => child.RestartCount > 1);
        child.LastDeath.ShouldBeOfType<ProcessStartException>();
        Directory.CreateDirectory(missing);
        await child.WaitRunningAsync();
    });

    [Fact]
    public Task Waits_before_restarts_grow_and_begin_again_after_a_quiet_period() => Watchdog.Run(async () =>
    {
        var time = new ManualTime();
        await using var supervisor = new ProcessSupervisor(new()
        {
            MaxRestarts = 100,
            Period = TimeSpan.FromMinutes(1),
            TimeProvider = time,
            BackOff = new() { Initial = TimeSpan.FromSeconds(1), Factor = 3, Max = TimeSpan.FromSeconds(5), Jitter = 0 },
        });
        var child = supervisor.AddBody("fragile", Bodies.UntilStopped, Bodies.Quiet);
        await child.WaitRunningAsync();
        await child.KillAndWait(); // the first restart is immediate
        foreach (var seconds in (int[])[1, 3, 5, 5])
        {
            var before = child.RestartCount;
            Posix.Signal(child.ProcessId!.Value, Posix.SigKill);
            await child.WaitUntil(() => child.RestartCount == before + 1);
            child.State.ShouldBe(SupervisedChildState.BackingOff);
            supervisor.ToString().ShouldContain("backing off");
            time.Due.ShouldBe([TimeSpan.FromSeconds(seconds)]);
            time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            child.State.ShouldBe(SupervisedChildState.BackingOff);
            time.Advance(TimeSpan.FromMilliseconds(1));
            await child.WaitRunningAsync();
        }

        time.Advance(TimeSpan.FromMinutes(1));
        await child.KillAndWait(); // immediate again
        child.RestartCount.ShouldBe(6);
    });

    [Fact]
    public Task Restarts_that_are_older_than_the_period_do_not_count() => Watchdog.Run(async () =>
    {
        var time = new ManualTime();
        var supervisor = new ProcessSupervisor(new() { MaxRestarts = 1, Period = TimeSpan.FromSeconds(10), TimeProvider = time });
        var child = supervisor.AddBody("fragile", Bodies.UntilStopped, Bodies.Quiet);
        await child.WaitRunningAsync();
        for (var i = 0; i < 3; i++)
        {
            await child.KillAndWait();
            time.Advance(TimeSpan.FromSeconds(10));
        }

        await child.KillAndWait();
        time.Advance(TimeSpan.FromSeconds(9.99));
        Posix.Signal(child.ProcessId!.Value, Posix.SigKill);
        var escalated = await Should.ThrowAsync<SupervisorEscalatedException>(() => supervisor.Completion);
        escalated.History.Count.ShouldBe(1);
        await Should.ThrowAsync<SupervisorEscalatedException>(async () => await supervisor.DisposeAsync());
    });

    [Theory]
    [InlineData(1, 0.0, 0)]
    [InlineData(2, 0.0, 100)]
    [InlineData(2, 0.999, 80)]
    [InlineData(3, 0.0, 200)]
    [InlineData(4, 0.5, 360)]
    [InlineData(9, 0.0, 10_000)]
    [InlineData(5_000, 0.0, 10_000)]
    public void The_wait_before_a_restart_doubles_up_to_its_limit_less_a_random_part(int restarts, double random, double milliseconds) =>
        new RestartBackOffOptions { Max = TimeSpan.FromSeconds(10) }.DelayBefore(restarts, random).TotalMilliseconds.ShouldBe(milliseconds, 0.1);

    [Fact]
    public Task A_supervisor_that_ends_with_its_children_completes_when_the_last_job_is_done() => Watchdog.Run(async () =>
    {
        using var added = new ProcessEvent();
        await using var supervisor = new ProcessSupervisor(new() { EndsWithChildren = true });
        supervisor.AddBody("one", () => added.Wait(), Bodies.With(RestartPolicy.Transient)); // so that it is not over before the second is added
        supervisor.AddBody("two", () => { }, Bodies.With(RestartPolicy.Temporary));
        added.Set();
        await supervisor.Completion;
        Should.Throw<ObjectDisposedException>(() => supervisor.AddBody("three", () => { }));
    });

    [Fact]
    public Task A_deaf_child_is_killed_after_its_grace() => Watchdog.Run(async () =>
    {
        var supervisor = new ProcessSupervisor();
        var options = Bodies.With(RestartPolicy.Permanent);
        options.ShutdownGrace = TimeSpan.FromMilliseconds(200);
        using var isDeaf = new ProcessEvent();
        var deaf = supervisor.AddBody(
            "deaf",
            () =>
            {
                _ = CurrentProcess.Stopping;
                isDeaf.Set();
                Thread.Sleep(Timeout.Infinite);
            },
            options);
        await deaf.WaitRunningAsync();
        isDeaf.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue(); // before that, a request ends the process at once
        var id = deaf.ProcessId!.Value;
        var watch = Stopwatch.StartNew();
        await supervisor.DisposeAsync();
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(150));
        ProcessEntry.IsGone(id).ShouldBeTrue();
    });

    [Fact]
    public Task The_graces_of_all_children_together_are_bounded_by_that_of_the_supervisor() => Watchdog.Run(async () =>
    {
        var supervisor = new ProcessSupervisor(new() { ShutdownGrace = TimeSpan.FromMilliseconds(300) });
        var options = Bodies.With(RestartPolicy.Permanent);
        options.ShutdownGrace = Timeout.InfiniteTimeSpan;
        for (var i = 0; i < 3; i++)
        {
            supervisor.AddBody($"deaf {i}", Bodies.Deaf, options);
        }

        await supervisor.WaitStartedAsync();
        await supervisor.DisposeAsync();
        TestRun.Processes().ShouldBeEmpty();
    });

    [Fact]
    public Task Disposal_during_a_start_ends_the_start() => Watchdog.Run(async () =>
    {
        for (var delay = 0; delay < 60; delay += 6)
        {
            var supervisor = new ProcessSupervisor();
            for (var i = 0; i < 3; i++)
            {
                supervisor.AddBody($"{i}", Bodies.UntilStopped, Bodies.Quiet);
            }

            await Task.Delay(delay);
            await supervisor.DisposeAsync();
            TestRun.Processes().ShouldBeEmpty();
        }
    });

    [Fact]
    public Task A_removed_child_is_stopped_and_its_name_is_free() => Watchdog.Run(async () =>
    {
        await using var supervisor = new ProcessSupervisor();
        var first = supervisor.AddBody("x", Bodies.UntilStopped, Bodies.Quiet);
        Should.Throw<ArgumentException>(() => supervisor.AddBody("x", Bodies.UntilStopped)).Message.ShouldContain("'x'");
        await first.WaitRunningAsync();
        var id = first.ProcessId!.Value;
        await first.RemoveAsync();
        ProcessEntry.IsGone(id).ShouldBeTrue();
        supervisor.Children.ShouldBeEmpty();
        await first.RemoveAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => first.WaitRunningAsync());
        await supervisor.AddBody("x", Bodies.UntilStopped, Bodies.Quiet).WaitRunningAsync();
    });

    [Fact]
    public Task A_queue_of_a_child_is_not_abandoned_between_two_lives_and_is_after_the_last() => Watchdog.Run(async () =>
    {
        var time = new ManualTime();
        using var lines = new ProcessQueue<string>();
        await using var supervisor = new ProcessSupervisor(new() { TimeProvider = time, BackOff = new() { Initial = TimeSpan.FromSeconds(10), Jitter = 0 } });
        var child = supervisor.AddBody("writer", Bodies.Diary(lines, "writer"), Bodies.Patient(RestartPolicy.Permanent));
        (await lines.GetAsync()).ShouldBe("writer starts");
        await child.WaitRunningAsync();
        await child.KillAndWait();
        (await lines.GetAsync()).ShouldBe("writer starts");
        Posix.Signal(child.ProcessId!.Value, Posix.SigKill);
        await child.WaitUntil(() => child.State == SupervisedChildState.BackingOff);
        var next = lines.GetAsync().AsTask();
        await Task.Delay(1_500); // several checks for processes that could put something
        next.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(10));
        (await next).ShouldBe("writer starts");
        await child.WaitRunningAsync();

        var once = supervisor.AddBody("once", Bodies.Diary(lines, "once"), Bodies.With(RestartPolicy.Temporary));
        (await lines.GetAsync()).ShouldBe("once starts");
        await child.RemoveAsync();
        (await lines.GetAsync()).ShouldBe("writer stops");
        await once.WaitRunningAsync();
        Posix.Signal(once.ProcessId!.Value, Posix.SigKill);
        await Should.ThrowAsync<QueueAbandonedException>(async () => await lines.GetAsync());
    });

    [Fact]
    public Task A_body_that_cannot_cross_is_refused_by_the_call_that_adds_it() => Watchdog.Run(async () =>
    {
        await using var supervisor = new ProcessSupervisor();
        var thread = Thread.CurrentThread;
        Should.Throw<NotSerializableException>(() => supervisor.AddBody("bad", () => Console.WriteLine(thread.Name)));
        supervisor.Children.ShouldBeEmpty();
    });

    [Fact]
    public void Bad_options_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessSupervisor(new() { MaxRestarts = -1 }));
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessSupervisor(new() { Period = TimeSpan.Zero }));
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessSupervisor(new() { Strategy = (RestartStrategy)7 }));
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessSupervisor(new() { BackOff = new() { Factor = 0.5 } }));
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessSupervisor(new() { BackOff = new() { Jitter = 2 } }));
    }
}

using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Supervision;

/// <summary>A child whose health probe fails is killed and started again.</summary>
public class HealthTests : ProcessTest
{
    [Fact]
    public Task A_child_whose_probe_returns_false_is_killed_and_started_again() => Watchdog.Run(async () =>
    {
        using var isHealthy = new SharedValue<int>(1);
        await using var supervisor = new ProcessSupervisor();
        var options = Bodies.With(RestartPolicy.Transient);
        options.ProbeInterval = TimeSpan.FromMilliseconds(50);
        options.ProbeTimeout = TimeSpan.FromSeconds(60); // no probe fails by it
        options.HealthProbe = _ => new(Interlocked.Exchange(ref isHealthy.Reference, 1) == 1);
        var child = supervisor.AddBody("sick", Bodies.Deaf, options);
        await child.WaitRunningAsync();
        var before = child.ProcessId!.Value;
        await Task.Delay(300);
        child.RestartCount.ShouldBe(0); // healthy
        isHealthy.Value = 0;
        await child.WaitUntil(() => child.RestartCount == 1);
        await child.WaitRunningAsync();
        ProcessEntry.IsGone(before).ShouldBeTrue();
        var death = child.LastDeath.ShouldBeOfType<HealthProbeFailedException>();
        (death.ChildName, death.ProcessId, death.Failures).ShouldBe(("sick", before, 1));
    });

    [Fact]
    public Task A_probe_that_does_not_end_fails_at_its_time_limit_and_one_that_throws_at_once() => Watchdog.Run(async () =>
    {
        var time = new ManualTime();
        using var log = new RecordedLog();
        await using var supervisor = new ProcessSupervisor(new() { TimeProvider = time });
        var probes = 0;
        var options = Bodies.With(RestartPolicy.Permanent);
        options.ProbeFailures = 2;
        options.ProbeInterval = TimeSpan.FromSeconds(10);
        options.ProbeTimeout = TimeSpan.FromSeconds(4);
        options.HealthProbe = async token =>
        {
            if (Interlocked.Increment(ref probes) == 1)
            {
                throw new IOException("no connection");
            }

            await Task.Delay(Timeout.Infinite, token);
            return true;
        };
        var child = supervisor.AddBody("sick", Bodies.UntilStopped, options);
        await child.WaitRunningAsync();
        await child.WaitUntil(() => time.Due.Count == 1);
        time.Advance(TimeSpan.FromSeconds(10));
        await child.WaitUntil(() => time.Due is [{ TotalSeconds: 10 }]); // the next interval has begun: one failure was not enough
        child.State.ShouldBe(SupervisedChildState.Running);
        time.Advance(TimeSpan.FromSeconds(10));
        await child.WaitUntil(() => Volatile.Read(ref probes) == 2);
        time.Advance(TimeSpan.FromSeconds(3.9));
        child.RestartCount.ShouldBe(0);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await child.WaitUntil(() => child.RestartCount == 1);
        var death = child.LastDeath.ShouldBeOfType<HealthProbeFailedException>();
        death.Failures.ShouldBe(2);
        death.InnerException.ShouldBeOfType<TimeoutException>();
        log.Records.Count(static record => record.Event == 66).ShouldBe(2);
    });

    [Fact]
    public Task A_probe_that_blocks_its_thread_fails_too() => Watchdog.Run(async () =>
    {
        using var release = new ManualResetEventSlim();

        // The probes fail until they are released, which may be many lives later.
        await using var supervisor = new ProcessSupervisor(new() { MaxRestarts = int.MaxValue });
        var options = Bodies.With(RestartPolicy.Permanent);
        options.ProbeInterval = TimeSpan.FromMilliseconds(20);
        options.ProbeTimeout = TimeSpan.FromMilliseconds(100);
        options.HealthProbe = _ =>
        {
            release.Wait();
            return new(true);
        };
        var child = supervisor.AddBody("sick", Bodies.UntilStopped, options);
        await child.WaitUntil(() => child.RestartCount >= 1);
        release.Set();
    });
}

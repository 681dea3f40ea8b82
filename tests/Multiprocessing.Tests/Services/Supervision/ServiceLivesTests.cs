using System.Diagnostics;
using Multiprocessing.Tests.Services;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Supervision;

/// <summary>Services under supervision: the proxy stays, calls between two lives wait or fail.</summary>
public class ServiceLivesTests : ProcessTest
{
    private static readonly ChildProcessOptions QuietProcess = new() { StandardError = ProcessOutput.Discard };

    [Fact]
    public Task The_proxy_is_there_at_once_and_stays_across_restarts() => Watchdog.Run(async () =>
    {
        await using var supervisor = new ProcessSupervisor();
        var laboratory = supervisor.AddService<ILaboratory>("lab", () => new Laboratory(), new() { Process = QuietProcess });
        (await laboratory.AddLaterAsync(1, 2, 0)).ShouldBe(3); // waits for the first start
        var child = supervisor["lab"];
        await child.WaitRunningAsync(); // a call may be answered before the supervisor knows the process
        var before = child.ProcessId!.Value;
        laboratory.ProcessId.ShouldBe(before);
        var inFlight = laboratory.AddLaterAsync(1, 2, 60_000);
        await Task.Delay(50);
        Posix.Signal(before, Posix.SigKill);
        (await Should.ThrowAsync<ServiceDiedException>(() => inFlight)).ProcessId.ShouldBe(before);
        laboratory.Add(3, 4).ShouldBe(7); // waits for the restart
        laboratory.ProcessId.ShouldNotBe(before);
        child.RestartCount.ShouldBe(1);
        child.LastDeath.ShouldBeOfType<ServiceDiedException>().ExitStatus.Signal.ShouldBe(Posix.SigKill);
        supervisor.ToString().ShouldContain("service ILaboratory, permanent, 1 restart");
    });

    [Fact]
    public Task Calls_between_two_lives_fail_at_once_if_so_chosen() => Watchdog.Run(async () =>
    {
        var time = new ManualTime();
        await using var supervisor = new ProcessSupervisor(new() { TimeProvider = time, BackOff = new() { Initial = TimeSpan.FromSeconds(10), Jitter = 0 } });
        var laboratory = supervisor.AddService<ILaboratory>(
            "lab", () => new Laboratory(), new() { Process = QuietProcess, WhileRestarting = WhileRestarting.Fail });
        var child = supervisor["lab"];
        await child.WaitRunningAsync();
        await child.KillAndWait();
        Posix.Signal(child.ProcessId!.Value, Posix.SigKill);
        await child.WaitUntil(() => child.State == SupervisedChildState.BackingOff);
        Should.Throw<ServiceDiedException>(() => laboratory.Add(1, 2));
        time.Advance(TimeSpan.FromSeconds(10));
        await child.WaitRunningAsync();
        laboratory.Add(1, 2).ShouldBe(3);
    });

    [Fact]
    public Task Calls_fail_when_the_supervisor_gives_up_or_is_disposed() => Watchdog.Run(async () =>
    {
        var supervisor = new ProcessSupervisor(new() { MaxRestarts = 0 });
        var laboratory = supervisor.AddService<ILaboratory>("lab", () => new Laboratory(), new() { Process = QuietProcess });
        await supervisor.WaitStartedAsync();
        Should.Throw<ServiceDiedException>(laboratory.Kill);
        await Should.ThrowAsync<SupervisorEscalatedException>(() => supervisor.Completion);
        Should.Throw<ServiceDiedException>(() => laboratory.Add(1, 2)).WasInFlight.ShouldBeFalse();
        await Should.ThrowAsync<SupervisorEscalatedException>(async () => await supervisor.DisposeAsync());

        var second = new ProcessSupervisor();
        var other = second.AddService<ILaboratory>("lab", () => new Laboratory(), new() { Process = QuietProcess });
        await second.WaitStartedAsync();
        await second.DisposeAsync();
        Should.Throw<ObjectDisposedException>(() => other.Add(1, 2));
    });

    [Fact]
    public Task A_factory_that_throws_is_a_failed_start() => Watchdog.Run(async () =>
    {
        var supervisor = new ProcessSupervisor(new() { MaxRestarts = 1, BackOff = new() { Initial = TimeSpan.Zero } });
        supervisor.AddService<ILaboratory>("lab", () => throw new FormatException("no model"), new() { Process = QuietProcess });
        var escalated = await Should.ThrowAsync<SupervisorEscalatedException>(() => supervisor.Completion);
        escalated.LastDeath!.ToString().ShouldContain("no model");
        await Should.ThrowAsync<SupervisorEscalatedException>(async () => await supervisor.DisposeAsync());
    });

    [Fact]
    public Task A_probe_may_call_the_service() => Watchdog.Run(async () =>
    {
        await using var supervisor = new ProcessSupervisor();
        ILaboratory? laboratory = null;
        laboratory = supervisor.AddService<ILaboratory>(
            "lab",
            () => new Laboratory(),
            new() { Process = QuietProcess },
            new()
            {
                // The first probe may come before this method has returned the proxy.
                HealthProbe = async _ => Volatile.Read(ref laboratory) is not { } proxy || await proxy.AddLaterAsync(1, 2, 0) == 3,
                ProbeInterval = TimeSpan.FromMilliseconds(50),
                ProbeTimeout = TimeSpan.FromSeconds(10), // also of the probes that must not fail
            });
        laboratory.Add(1, 2).ShouldBe(3);
        var death = Should.Throw<ServiceDiedException>(() => laboratory.Sleep(60_000)); // one call at a time: the probe waits behind it
        await supervisor["lab"].WaitUntil(() => supervisor["lab"].RestartCount >= 1); // the call fails before the supervisor knows the end
        supervisor["lab"].LastDeath.ShouldBeOfType<HealthProbeFailedException>().ProcessId.ShouldBe(death.ProcessId);
        laboratory.Add(3, 4).ShouldBe(7);
    });

    [Fact]
    public Task Options_of_the_child_that_were_not_set_are_those_of_the_service() => Watchdog.Run(async () =>
    {
        await using var supervisor = new ProcessSupervisor();
        var service = new ProcessServiceOptions { Process = QuietProcess, Restart = RestartPolicy.Temporary, ShutdownGrace = TimeSpan.Zero };
        var probe = new SupervisedChildOptions { HealthProbe = static _ => new(true) };
        supervisor.AddService<ILaboratory>("once", () => new Laboratory(), service, probe);
        supervisor.AddService<ILaboratory>("always", () => new Laboratory(), service, new() { Restart = RestartPolicy.Permanent });
        supervisor.AddService<ILaboratory>("plain", () => new Laboratory(), new() { Process = QuietProcess }, probe);
        supervisor.ToString().ShouldMatch("once.*, temporary");
        supervisor.ToString().ShouldMatch("always.*, permanent");
        supervisor.ToString().ShouldMatch("plain.*, permanent");
        probe.Restart.ShouldBe(RestartPolicy.Permanent); // the caller's object does not change
        await supervisor.WaitStartedAsync();
        Posix.Signal(supervisor["once"].ProcessId!.Value, Posix.SigKill);
        await supervisor["always"].WaitUntil(() => supervisor.Children.All(static child => child.Name != "once")); // a temporary child leaves the tree
        await supervisor["always"].KillAndWait();
    });

    [Fact]
    public void Options_of_a_child_know_what_was_set()
    {
        var grace = new SupervisedChildOptions { ShutdownGrace = TimeSpan.FromSeconds(5) }.WithDefaults(RestartPolicy.Transient, TimeSpan.Zero);
        (grace.Restart, grace.ShutdownGrace).ShouldBe((RestartPolicy.Transient, TimeSpan.FromSeconds(5)));
        var policy = new SupervisedChildOptions { Restart = RestartPolicy.Permanent }.WithDefaults(RestartPolicy.Transient, TimeSpan.Zero);
        (policy.Restart, policy.ShutdownGrace).ShouldBe((RestartPolicy.Permanent, TimeSpan.Zero));
        var none = new SupervisedChildOptions();
        (none.Restart, none.ShutdownGrace).ShouldBe((RestartPolicy.Permanent, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public Task Under_kills_every_call_ends_with_its_result_or_with_the_death() => Chaos(KillsInCi);

    private static int KillsInCi => LongRuns.Deaths;

    /// <summary>
    /// Kills the service again and again under the load of eight callers. The count is <c>MULTIPROCESSING_DEATHS</c>; see <see cref="LongRuns"/>.
    /// </summary>
    private static Task Chaos(int kills) => Watchdog.Run(
        async () =>
        {
            var watch = Stopwatch.StartNew();
            await using var supervisor = new ProcessSupervisor(new() { MaxRestarts = int.MaxValue, BackOff = new() { Initial = TimeSpan.Zero } });
            var laboratory = supervisor.AddService<ILaboratory>("lab", () => new Laboratory(), new() { Process = QuietProcess, MaxConcurrency = 8 });
            var child = supervisor["lab"];
            await supervisor.WaitStartedAsync();
            using var stop = new CancellationTokenSource();
            var (results, deaths) = (0L, 0L);
            var callers = Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    try
                    {
                        (await laboratory.AddLaterAsync(caller, i, i % 3)).ShouldBe(caller + i);
                        Interlocked.Increment(ref results);
                    }
                    catch (ServiceDiedException)
                    {
                        Interlocked.Increment(ref deaths);
                    }
                }
            })).ToArray();
            var served = new List<double>();
            for (var i = 0; i < kills; i++)
            {
                await child.WaitRunningAsync();
                var id = child.ProcessId;
                if (id is null)
                {
                    i--;
                    continue;
                }

                // Each life serves calls before it is killed in the middle of others.
                var before = Interlocked.Read(ref results);
                await child.WaitUntil(() => Interlocked.Read(ref results) >= before + 16);
                await Task.Delay(Random.Shared.Next(20));
                var since = Stopwatch.GetTimestamp();
                Posix.Signal(id.Value, Posix.SigKill);
                await child.WaitUntil(() => child.ProcessId is { } now && now != id && child.State == SupervisedChildState.Running);
                served.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            }

            await stop.CancelAsync();
            await Task.WhenAll(callers);
            child.RestartCount.ShouldBe(kills);
            results.ShouldBeGreaterThanOrEqualTo(kills * 16);
            deaths.ShouldBeGreaterThan(0);
            served.Sort();
            TestContext.Current.SendDiagnosticMessage(
                $"{kills} kills in {watch.Elapsed.TotalSeconds:0.0} s: {results} results, {deaths} deaths; runs again after "
                + $"{served[served.Count / 2]:0} ms (median), {served[(int)(served.Count * 0.99)]:0} ms (99 %)");
        },
        TimeSpan.FromSeconds(120 + (kills * 10)));
}

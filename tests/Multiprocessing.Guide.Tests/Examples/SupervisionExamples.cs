using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Supervisors.</summary>
public class SupervisionExamples
{
    [Fact]
    public async Task Process_supervisor()
    {
        var restarts = 0;
        #region ProcessSupervisor
        using var beats = new SharedValue<long>();
        await using (var supervisor = new ProcessSupervisor(new() { Name = "app", MaxRestarts = 5, Period = TimeSpan.FromMinutes(1) }))
        {
            SupervisedChild child = supervisor.AddBody("heart", async () =>
            {
                if (Interlocked.Increment(ref beats.Reference) == 1)
                {
                    Environment.FailFast("The native library is broken."); // the first life only
                }

                await Task.Delay(Timeout.Infinite, CurrentProcess.Stopping);
            });
            while (beats.Value < 2)
            {
                await Task.Delay(10);
            }

            await child.WaitRunningAsync();
            Console.WriteLine(supervisor); // app: one for one, 1 of 5 restarts within 60 s, and a line for each child
            restarts = child.RestartCount;
        } // stops the children in reverse order
        #endregion
        restarts.ShouldBe(1);
    }

    [Fact]
    public async Task Process_supervisor_options()
    {
        #region ProcessSupervisorOptions
        var options = new ProcessSupervisorOptions
        {
            Name = "pipeline",
            Strategy = RestartStrategy.RestForOne, // later stages depend on earlier ones
            MaxRestarts = 10,
            Period = TimeSpan.FromMinutes(5),
            ShutdownGrace = TimeSpan.FromSeconds(20),
        };
        await using var supervisor = new ProcessSupervisor(options);
        #endregion
        supervisor.Name.ShouldBe("pipeline");
    }

    [Fact]
    public async Task Supervised_child_options()
    {
        #region SupervisedChildOptions
        using var lastBeat = new SharedValue<long>(Environment.TickCount64);
        var options = new SupervisedChildOptions
        {
            Restart = RestartPolicy.Transient,              // not after a normal end
            ShutdownGrace = TimeSpan.FromSeconds(2),
            HealthProbe = _ => new(Environment.TickCount64 - lastBeat.Value < 30_000),
            ProbeInterval = TimeSpan.FromSeconds(10),
            Process = new() { StandardOutput = ProcessOutput.Discard },
        };
        await using var supervisor = new ProcessSupervisor();
        SupervisedChild job = supervisor.AddBody("job", () => lastBeat.Value = Environment.TickCount64, options);
        #endregion
        job.Name.ShouldBe("job");
    }

    [Fact]
    public async Task Restart_back_off_options()
    {
        #region RestartBackOffOptions
        await using var supervisor = new ProcessSupervisor(new()
        {
            BackOff = new() { Initial = TimeSpan.FromSeconds(1), Factor = 2, Max = TimeSpan.FromMinutes(1) }, // at once, then 1 s, 2 s, 4 s, ...
        });
        #endregion
        supervisor.Children.ShouldBeEmpty();
    }

    [Fact]
    public async Task Supervised_child()
    {
        #region SupervisedChild
        await using var supervisor = new ProcessSupervisor();
        SupervisedChild child = supervisor.AddBody("worker", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping));
        await child.WaitRunningAsync();
        Console.WriteLine($"{child.Name} runs as process {child.ProcessId}, after {child.RestartCount} restarts.");
        await child.RemoveAsync();
        #endregion
        supervisor.Children.ShouldBeEmpty();
    }

    [Fact]
    public async Task Supervised_child_state()
    {
        #region SupervisedChildState
        await using var supervisor = new ProcessSupervisor();
        SupervisedChild job = supervisor.AddBody("job", () => { }, new() { Restart = RestartPolicy.Transient });
        while (job.State != SupervisedChildState.Ended)
        {
            await Task.Delay(10);
        }
        #endregion
        job.RestartCount.ShouldBe(0);
    }

    [Fact]
    public async Task Supervised_pool()
    {
        #region SupervisedPool
        await using var supervisor = new ProcessSupervisor();
        SupervisedPool pools = supervisor.AddPool("pool", () => new ProcessPool(new() { Workers = 2, MaxDeathsPerMinute = 20 }));
        ProcessPool pool = await pools.GetAsync(); // before each use: a pool that broke was replaced
        int answer = await pool.RunAsync((a, b) => a * b, 6, 7);
        #endregion
        answer.ShouldBe(42);
    }

    [Fact]
    public async Task Supervisor_escalated_exception()
    {
        SupervisorEscalatedException? caught = null;
        #region SupervisorEscalatedException
        var supervisor = new ProcessSupervisor(new() { MaxRestarts = 2 });
        supervisor.AddBody("fragile", () => Environment.Exit(7));
        try
        {
            await supervisor.Completion;
        }
        catch (SupervisorEscalatedException exception)
        {
            Console.WriteLine($"'{exception.ChildName}' ended {exception.History.Count + 1} times, the last time with: {exception.LastDeath?.Message}");
            caught = exception;
        }
        #endregion
        caught!.History.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Supervisor_restart()
    {
        SupervisorRestart? last = null;
        #region SupervisorRestart
        var supervisor = new ProcessSupervisor(new() { MaxRestarts = 1 });
        supervisor.AddBody("fragile", () => Environment.Exit(7));
        try
        {
            await supervisor.Completion;
        }
        catch (SupervisorEscalatedException exception)
        {
            foreach (SupervisorRestart restart in exception.History)
            {
                Console.WriteLine($"{restart.Time:HH:mm:ss} {restart.ChildName}: {restart.Death?.Message}");
                last = restart;
            }
        }
        #endregion
        last!.ChildName.ShouldBe("fragile");
    }

    [Fact]
    public async Task Health_probe_failed_exception()
    {
        HealthProbeFailedException? death = null;
        #region HealthProbeFailedException
        var supervisor = new ProcessSupervisor(new() { MaxRestarts = 0 });
        supervisor.AddBody(
            "stuck",
            () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping),
            new() { HealthProbe = _ => new(false), ProbeInterval = TimeSpan.FromMilliseconds(50) });
        try
        {
            await supervisor.Completion;
        }
        catch (SupervisorEscalatedException exception) when (exception.LastDeath is HealthProbeFailedException failed)
        {
            Console.WriteLine($"Process {failed.ProcessId} did not answer {failed.Failures} probes.");
            death = failed;
        }
        #endregion
        death!.ChildName.ShouldBe("stuck");
    }

    [Fact]
    public async Task Restart_policy()
    {
        #region RestartPolicy
        await using var supervisor = new ProcessSupervisor();
        supervisor.AddBody("server", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping), new() { Restart = RestartPolicy.Permanent });
        supervisor.AddBody("migration", () => { }, new() { Restart = RestartPolicy.Transient }); // until it has ended normally
        #endregion
        supervisor.Children.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Restart_strategy()
    {
        #region RestartStrategy
        await using var supervisor = new ProcessSupervisor(new() { Strategy = RestartStrategy.OneForAll });
        supervisor.AddBody("reader", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping));
        supervisor.AddBody("writer", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping)); // if one dies, both start anew
        #endregion
        supervisor.Children.Count.ShouldBe(2);
    }
}

using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Multiprocessing.HostingTests;

public class SupervisorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_supervised_service_is_injected_and_started_again_when_it_dies()
    {
        var test = new TestHost();
        test.Services.AddProcessSupervisor(static options => options.Name = "app").AddService<IGreeter>("greeter", () => new ServiceTests.Greeter("Hello"));
        test.Services.AddHealthChecks().AddProcessSupervisor();
        using var host = test.Build();
        await host.StartAsync(Token);
        var greeter = host.Services.GetRequiredService<IGreeter>();
        var id = greeter.ProcessId();
        using (var process = Process.GetProcessById(id))
        {
            process.Kill();
        }

        await Until.IsGone(id);
        await Until.Is(
            () =>
            {
                try
                {
                    return greeter.ProcessId() != id;
                }
                catch (ServiceDiedException)
                {
                    return false; // the call was on the way
                }
            },
            "the service runs again");
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        await Until.Is(() => checks.CheckHealthAsync(Token).Result.Status == HealthStatus.Healthy, "all children run");
        var entry = (await checks.CheckHealthAsync(Token)).Entries["process supervisor"];
        entry.Data["greeter"].ToString().ShouldNotBeNull().ShouldEndWith("1 restarts");
        var last = greeter.ProcessId();
        await host.StopAsync(Token);
        await Until.IsGone(last);
        (await checks.CheckHealthAsync(Token)).Status.ShouldBe(HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task A_supervisor_that_gives_up_stops_the_host()
    {
        var test = new TestHost();
        using var hasStarted = new ProcessEvent(EventResetMode.ManualReset);
        test.Services.AddProcessSupervisor(static options =>
            {
                options.MaxRestarts = 0;
                options.Name = "app";
            })
            .Add((_, supervisor) => supervisor.AddBody("crash", () =>
            {
                hasStarted.Wait();
                Environment.FailFast("again and again");
            }));
        using var host = test.Build();
        await host.StartAsync(Token);
        hasStarted.Set();
        await host.WaitForShutdownAsync(Token);
        test.Records.ShouldContain(static record => record.Level == LogLevel.Critical && record.Text == "The supervisor app gave up, and the host stops", test.Log);
    }

    [Fact]
    public async Task Children_that_do_not_stop_in_the_shutdown_time_are_killed_and_logged()
    {
        var test = new TestHost();
        using var hasLooked = new ProcessEvent(EventResetMode.ManualReset);
        var added = test.Services.AddProcessSupervisor(static options => options.ShutdownGrace = TimeSpan.FromSeconds(100));
        added.Add((_, supervisor) => supervisor.AddBody(
            "stubborn",
            () =>
            {
                var stopping = CurrentProcess.Stopping; // a body that looks at it has the grace to end
                hasLooked.Set();
                Thread.Sleep(Timeout.Infinite);
                GC.KeepAlive(stopping);
            },
            new() { ShutdownGrace = TimeSpan.FromSeconds(100) }));
        using var host = test.Build(TimeSpan.FromSeconds(1));
        await host.StartAsync(Token);
        hasLooked.Wait(TimeSpan.FromSeconds(60), Token).ShouldBeTrue("the body runs");
        var time = Stopwatch.StartNew();
        await host.StopAsync(Token);
        time.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(40));
        test.Records.ShouldContain(static record => record.Level == LogLevel.Warning && record.Text.Contains("stubborn"), test.Log);
    }

    [Fact]
    public async Task Wrong_options_end_the_start_of_the_host()
    {
        var test = new TestHost();
        test.Services.AddProcessSupervisor(static options => options.MaxRestarts = -1);
        using var host = test.Build();
        (await Should.ThrowAsync<OptionsValidationException>(() => host.StartAsync(Token))).Message.ShouldContain("MaxRestarts");
    }

    [Fact]
    public async Task A_container_that_is_disposed_synchronously_ends_the_children()
    {
        var services = new ServiceCollection();
        services.AddProcessSupervisor().AddService<IGreeter>("greeter", () => new ServiceTests.Greeter("Hello"));
        services.AddProcessSupervisor().Add(static (_, supervisor) => supervisor.AddBody("other", static () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping)));
        int id;
        using (var provider = services.BuildServiceProvider())
        {
            id = provider.GetRequiredService<IGreeter>().ProcessId();
        }

        await Until.IsGone(id);
    }
}

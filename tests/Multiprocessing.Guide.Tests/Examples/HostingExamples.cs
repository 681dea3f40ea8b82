using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Pools, services and a supervisor in a host.</summary>
public class HostingExamples
{
    [Fact]
    public async Task Pools()
    {
        #region ProcessPoolServiceCollectionExtensions
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddProcessPool("images", options => options.Workers = 2);
        using IHost host = builder.Build();
        await host.StartAsync();
        int answer = await host.Services.GetRequiredKeyedService<ProcessPool>("images").RunAsync((a, b) => a * b, 6, 7);
        await host.StopAsync();
        #endregion
        answer.ShouldBe(42);
    }

    [Fact]
    public async Task Services()
    {
        #region ProcessServiceServiceCollectionExtensions
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddProcessService<ICounter>(() => new Counter(start: 40));
        using IHost host = builder.Build();
        await host.StartAsync();
        int next = host.Services.GetRequiredService<ICounter>().Next(); // runs in the process of the service
        await host.StopAsync();
        #endregion
        next.ShouldBe(41);
    }

    [Fact]
    public async Task Supervisor()
    {
        #region ProcessSupervisorServiceCollectionExtensions
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddProcessSupervisor().AddService<ICounter>("counter", () => new Counter(start: 40));
        using IHost host = builder.Build();
        await host.StartAsync();
        int next = host.Services.GetRequiredService<ICounter>().Next();
        await host.StopAsync();
        #endregion
        next.ShouldBe(41);
    }

    [Fact]
    public async Task Children_of_the_supervisor()
    {
        #region ProcessSupervisorBuilder
        var builder = Host.CreateApplicationBuilder();
        ProcessSupervisorBuilder supervisor = builder.Services.AddProcessSupervisor(options => options.Name = "app");
        supervisor.AddService<ICounter>("counter", () => new Counter(start: 0));
        supervisor.Add((services, children) => children.AddBody("heart", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping)));
        supervisor.Options.BindConfiguration("Supervisor");
        #endregion
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task Health_checks()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddProcessPool();
        #region ProcessHealthChecksBuilderExtensions
        builder.Services.AddHealthChecks().AddProcessPool(tags: ["ready"]);
        #endregion
        using var host = builder.Build();
        await host.StartAsync();
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
        await host.StopAsync();
    }
}

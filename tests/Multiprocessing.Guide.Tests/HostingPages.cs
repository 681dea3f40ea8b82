using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/web-and-services.md.</summary>
public class HostingPages
{
    [Fact]
    public async Task A_pool_is_a_service()
    {
        #region host-pool
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddProcessPool("images", options =>
        {
            options.Workers = 2;
            options.Timeout = TimeSpan.FromSeconds(30);
        });
        using IHost host = builder.Build();
        await host.StartAsync();

        // A controller or a background service gets it by its constructor: [FromKeyedServices("images")] ProcessPool pool
        var pool = host.Services.GetRequiredKeyedService<ProcessPool>("images");
        string text = await pool.RunAsync(name => $"Hello, {name}", "world");
        await host.StopAsync(); // finishes the tasks
        #endregion
        text.ShouldBe("Hello, world");
        pool.Status.ShouldBe(ProcessPoolStatus.Ended);
    }

    [Fact]
    public async Task Options_come_from_the_configuration()
    {
        #region host-configuration
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Pools:images:Workers"] = "4", // or in appsettings.json: { "Pools": { "images": { "Workers": 4 } } }
            ["Pools:images:Timeout"] = "00:00:30",
        });
        builder.Services.AddProcessPool("images", builder.Configuration.GetSection("Pools:images"));
        #endregion
        using var host = builder.Build();
        await host.StartAsync();
        host.Services.GetRequiredKeyedService<ProcessPool>("images").Workers.ShouldBe(4);
        await host.StopAsync();
    }

    [Fact]
    public async Task An_object_in_another_process_is_injected()
    {
        #region host-service
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddProcessService<IPrices>(() => new Prices(), options => options.CallTimeout = TimeSpan.FromSeconds(20));
        using IHost host = builder.Build();
        await host.StartAsync();

        var prices = host.Services.GetRequiredService<IPrices>(); // the proxy
        decimal price = await prices.OfAsync("tea");
        #endregion
        price.ShouldBe(3);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_supervisor_is_a_part_of_the_host()
    {
        #region host-supervisor
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddProcessSupervisor(options => options.MaxRestarts = 5)
            .AddService<IPrices>("prices", () => new Prices())
            .Add((services, supervisor) => supervisor.AddBody("import", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping)));
        #endregion
        using var host = builder.Build();
        await host.StartAsync();
        (await host.Services.GetRequiredService<IPrices>().OfAsync("tea")).ShouldBe(3);
        await host.StopAsync();
    }

    [Fact]
    public async Task Health_is_checked()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddProcessPool("images");
        builder.Services.AddProcessService<IPrices>(() => new Prices());

        #region host-health
        builder.Services.AddHealthChecks()
            .AddProcessPool("images", tags: ["ready"])
            .AddProcessService<IPrices>();
        #endregion
        using var host = builder.Build();
        await host.StartAsync();
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
        await host.StopAsync();
    }
}

public interface IPrices
{
    Task<decimal> OfAsync(string article);
}

internal sealed class Prices : IPrices
{
    public Task<decimal> OfAsync(string article) => Task.FromResult((decimal)article.Length);
}

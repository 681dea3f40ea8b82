using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>A pool of a cluster in a host.</summary>
public class ClusterHostingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed class Service(IProcessPool pool)
    {
        public Task<int> AnswerAsync() => pool.RunAsync(static (a, b) => a * b, 6, 7, cancellationToken: Token);
    }

    [Fact]
    public async Task A_service_gets_the_pool_that_the_host_has_connected_and_its_health()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddClusterPool(cluster.Apply);
        builder.Services.AddSingleton<Service>();
        builder.Services.AddHealthChecks().AddClusterPool();
        using (var host = builder.Build())
        {
            await host.StartAsync(Token);
            var pool = host.Services.GetRequiredService<ClusterPool>();
            pool.NodeNames.ShouldBe(["one"]);
            host.Services.GetRequiredService<IProcessPool>().ShouldBeSameAs(pool);
            (await host.Services.GetRequiredService<Service>().AnswerAsync()).ShouldBe(42);
            var health = host.Services.GetRequiredService<HealthCheckService>();
            var report = await health.CheckHealthAsync(Token);
            (report.Status, report.Entries["cluster pool"].Data["nodes"]).ShouldBe((HealthStatus.Healthy, 1));
            await host.StopAsync(Token);
            pool.Status.ShouldBe(ProcessPoolStatus.Ended);
            (await health.CheckHealthAsync(Token)).Status.ShouldBe(HealthStatus.Unhealthy);
        } // a container that is disposed of synchronously
    }

    [Fact]
    public async Task A_host_that_is_built_in_callbacks_is_a_node_once()
    {
        await using var cluster = new TestCluster();
        void Apply(MultiprocessingNodeOptions options) => cluster.Apply(options, "one");
        using (var host = new HostBuilder().AddMultiprocessingNode(Apply).Build())
        {
            await host.StartAsync(Token);
            await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
            (await pool.RunAsync(static () => 42, cancellationToken: Token)).ShouldBe(42);
            await host.StopAsync(Token);
        }

        Should.Throw<InvalidOperationException>(() => new HostBuilder().AddMultiprocessingNode(Apply).AddMultiprocessingNode(Apply).Build())
            .Message.ShouldContain("a node already");
    }

    [Fact]
    public async Task A_named_pool_connects_with_its_first_task_where_no_host_runs()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        var services = new ServiceCollection();
        var section = new ConfigurationBuilder().AddInMemoryCollection([new("Pools:far:MaxAttempts", "3"), new("Pools:far:Name", "caller")]).Build().GetSection("Pools:far");
        services.AddClusterPool("far", section, cluster.Apply);
        using var provider = services.BuildServiceProvider();
        var pool = provider.GetRequiredKeyedService<IProcessPool>("far");
        (pool.Name, pool.Workers).ShouldBe(("caller", 0));
        (await pool.RunAsync(
            static () =>
            {
                if (CurrentTask.Attempt < 3)
                {
                    Environment.Exit(1);
                }

                return CurrentTask.Attempt;
            },
            cancellationToken: Token)).ShouldBe(3);
    }

    [Fact]
    public async Task A_section_with_an_option_of_a_local_pool_ends_the_start_of_the_host()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection([new("Pools:far:MaxPending", "100")]).Build().GetSection("Pools:far");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddClusterPool("far", section, static options => options.Membership.UseLocalhost());
        using var host = builder.Build();
        (await Should.ThrowAsync<InvalidOperationException>(() => host.StartAsync(Token))).Message.ShouldContain("MaxPending");
    }

    [Fact]
    public async Task A_cluster_without_nodes_and_wrong_options_end_the_start_of_the_host()
    {
        await using var cluster = new TestCluster();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddClusterPool(options =>
        {
            cluster.Apply(options);
            options.ConnectTimeout = TimeSpan.FromSeconds(3);
        });
        using (var host = builder.Build())
        {
            await Should.ThrowAsync<ClusterException>(() => host.StartAsync(Token));
            var pool = host.Services.GetRequiredService<ClusterPool>();
            pool.Status.ShouldBe(ProcessPoolStatus.Broken);
            (await Should.ThrowAsync<ClusterException>(() => pool.RunAsync(static () => 1))).ShouldBe(pool.Failure);
        }

        var wrong = Host.CreateEmptyApplicationBuilder(null);
        wrong.Services.AddClusterPool(options =>
        {
            cluster.Apply(options);
            options.MaxAttempts = 0;
        });
        Should.Throw<InvalidOperationException>(() => wrong.Services.AddClusterPool(cluster.Apply)).Message.ShouldContain("ClusterPool");
        using var invalid = wrong.Build();
        (await Should.ThrowAsync<OptionsValidationException>(() => invalid.StartAsync(Token))).Message.ShouldContain("MaxAttempts");
    }
}

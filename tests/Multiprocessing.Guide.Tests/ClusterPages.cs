using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of the page about clusters.</summary>
public class ClusterPages
{
    [Fact]
    public async Task A_node_and_a_caller()
    {
        string[] args = [];
        #region cluster-node
        var builder = Host.CreateApplicationBuilder(args);
        builder.AddMultiprocessingNode(options =>
        {
            options.Cluster = "guide";
            options.Workers = 2;
            options.Tags.Add("images");
            options.Membership.UseLocalhost();
        });
        using IHost host = builder.Build();
        await host.StartAsync();
        #endregion

        #region cluster-pool
        await using IProcessPool pool = await ClusterPool.ConnectAsync(options =>
        {
            options.Cluster = "guide";
            options.RequireTag("images");
            options.MaxAttempts = 3; // once more, and again, if a worker or a node dies
            options.Membership.UseLocalhost();
        });
        long[] squares = await pool.MapAsync(Enumerable.Range(0, 1_000), item => (long)item * item);
        #endregion
        squares[^1].ShouldBe(999L * 999);
        await pool.DisposeAsync();
        await host.StopAsync(TestContext.Current.CancellationToken);
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Clusters: one node in this process, and what looks at it and calls it.</summary>
public class ClusterExamples
{
    [Fact]
    public async Task A_node_and_its_callers()
    {
        string[] args = [];
        #region MultiprocessingNodeExtensions
        var builder = Host.CreateApplicationBuilder(args);
        builder.AddMultiprocessingNode(options =>
        {
            options.Cluster = "images";
            options.Membership.UseLocalhost();
        });
        using IHost host = builder.Build();
        await host.StartAsync(); // or host.RunAsync(), until Ctrl-C
        #endregion

        {
            #region ClusterPool
            await using IProcessPool pool = await ClusterPool.ConnectAsync(options =>
            {
                options.Cluster = "images";
                options.Membership.UseLocalhost();
            });
            long[] squares = await pool.MapAsync(Enumerable.Range(0, 1_000), item => (long)item * item);
            #endregion
            squares.Length.ShouldBe(1_000);
        }

        {
            #region ClusterPoolOptions
            await using IProcessPool pool = await ClusterPool.ConnectAsync(options =>
            {
                options.Cluster = "images";
                options.MaxAttempts = 3;
                options.ConnectTimeout = TimeSpan.FromSeconds(60);
                options.Membership.UseLocalhost();
            });
            #endregion
            #region NodeLostException
            try
            {
                await pool.RunAsync(() => Thread.Sleep(10));
            }
            catch (NodeLostException exception)
            {
                Console.WriteLine($"{exception.NodeName} was lost in attempt {exception.Attempts} of '{exception.TaskName}'.");
            }
            #endregion
        }

        {
            #region ClusterMonitor
            await using var monitor = await ClusterMonitor.ConnectAsync(options =>
            {
                options.Cluster = "images";
                options.Membership.UseLocalhost();
            });
            ClusterSnapshot seen = await monitor.ReadAsync();
            Console.WriteLine($"{seen.Nodes.Count} nodes, {seen.Callers.Count} callers");
            #endregion
            #region ClusterSnapshot
            ClusterSnapshot snapshot = await monitor.ReadAsync();
            Console.WriteLine($"{snapshot.Nodes.Sum(node => node.BusyWorkers)} of {snapshot.Nodes.Sum(node => node.MaxWorkers)} workers busy");
            Console.WriteLine($"{snapshot.Callers.Sum(caller => caller.WaitingTasks)} tasks wait for a node");
            #endregion
            #region ClusterMemberState
            var silent = snapshot.Nodes.Where(node => node.State == ClusterMemberState.Silent).Select(node => node.Name);
            Console.WriteLine($"no answer: {string.Join(", ", silent)}");
            #endregion
            #region ClusterNodeSnapshot
            foreach (ClusterNodeSnapshot node in snapshot.Nodes)
            {
                Console.WriteLine($"{node.Name} on {node.Machine}: {node.BusyWorkers}/{node.MaxWorkers} busy, {node.WaitingTasks} waiting");
            }
            #endregion
            #region ClusterWorkerSnapshot
            foreach (ClusterWorkerSnapshot worker in snapshot.Nodes.SelectMany(node => node.Workers))
            {
                Console.WriteLine($"process {worker.ProcessId}: {worker.Task ?? "no task"} {worker.TaskTime}");
            }
            #endregion
            #region ClusterCallerSnapshot
            foreach (ClusterCallerSnapshot caller in snapshot.Callers)
            {
                Console.WriteLine($"{caller.Name} on {caller.Machine}: {caller.WaitingTasks} tasks wait, {caller.RunningTasks} are on nodes");
            }
            #endregion
            snapshot.Nodes.ShouldHaveSingleItem();
            #region ClusterSnapshotJson
            string json = ClusterSnapshotJson.ToJson(await monitor.ReadAsync());
            ClusterSnapshot same = ClusterSnapshotJson.FromJson(json);
            #endregion
            same.Nodes.ShouldHaveSingleItem().Name.ShouldBe(snapshot.Nodes[0].Name);
        }

        {
            #region ClusterMonitorOptions
            await using var monitor = await ClusterMonitor.ConnectAsync(options =>
            {
                options.Cluster = "images";
                options.ConnectTimeout = TimeSpan.FromSeconds(60);
                options.Membership.UseLocalhost();
            });
            #endregion
        }

        await InAHost();
        await host.StopAsync();
    }

    private static async Task InAHost()
    {
        #region ClusterPoolServiceCollectionExtensions
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddClusterPool(options => // in place of AddProcessPool
        {
            options.Cluster = "images";
            options.Membership.UseLocalhost();
        });
        using IHost host = builder.Build();
        await host.StartAsync();
        int answer = await host.Services.GetRequiredService<IProcessPool>().RunAsync((a, b) => a * b, 6, 7);
        await host.StopAsync();
        #endregion
        answer.ShouldBe(42);
    }

    [Fact]
    public void Options()
    {
        #region ClusterHealthChecksBuilderExtensions
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddClusterPool(options => options.Membership.UseLocalhost());
        builder.Services.AddHealthChecks().AddClusterPool(tags: ["ready"]);
        #endregion
        #region MultiprocessingNodeOptions
        var node = Host.CreateApplicationBuilder();
        node.AddMultiprocessingNode(options =>
        {
            options.Cluster = "images";
            options.Workers = 16;
            options.Tags.Add("gpu");
            options.Membership.UseLocalhost();
        });
        #endregion
        #region ClusterDetection
        var quick = Host.CreateApplicationBuilder();
        quick.AddMultiprocessingNode(options =>
        {
            options.Membership.UseLocalhost();
            options.Detection.ProbeInterval = TimeSpan.FromSeconds(0.5);
            options.Detection.MissedProbes = 2;
        });
        #endregion
        #region ClusterMembership
        var stored = Host.CreateApplicationBuilder();
        stored.AddMultiprocessingNode(options =>
        {
            options.Network.Address = IPAddress.Loopback; // over a network: options.Network.UseTls
            options.Membership.UsePostgres("Host=db;Database=cluster;Username=node;SSL Mode=VerifyFull");
        });
        #endregion
        #region ClusterNetwork
        var fixedPort = Host.CreateApplicationBuilder();
        fixedPort.AddMultiprocessingNode(options =>
        {
            options.Membership.UseLocalhost();
            options.Network.Port = 11111; // what the firewall admits
        });
        #endregion
        builder.Services.ShouldContain(static service => service.ServiceType == typeof(ClusterPool));
    }

    [Fact]
    public async Task No_node()
    {
        #region ClusterException
        try
        {
            await using IProcessPool pool = await ClusterPool.ConnectAsync(options =>
            {
                options.Cluster = "without nodes";
                options.ConnectTimeout = TimeSpan.FromSeconds(5);
                options.Membership.UseLocalhost();
            });
        }
        catch (ClusterException exception)
        {
            Console.WriteLine(exception.Message); // no node was found within 5 s
        }
        #endregion
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
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

        #region cluster-monitor
        await using var monitor = await ClusterMonitor.ConnectAsync(options =>
        {
            options.Cluster = "guide";
            options.Membership.UseLocalhost();
        });
        ClusterSnapshot snapshot = await monitor.ReadAsync();
        foreach (ClusterNodeSnapshot node in snapshot.Nodes)
        {
            Console.WriteLine($"{node.Name}: {node.BusyWorkers} of {node.MaxWorkers} workers busy, {node.WaitingTasks} tasks wait");
        }
        #endregion

        // One that does not answer within two seconds, on a busy machine, is shown as silent.
        for (var attempt = 0; attempt < 30 && snapshot.Nodes is [{ State: ClusterMemberState.Silent }]; attempt++)
        {
            snapshot = await monitor.ReadAsync();
        }

        snapshot.Nodes.ShouldHaveSingleItem().MaxWorkers.ShouldBe(2);
        await DashboardPages.ShowsAsync((ClusterPool)pool);
        await pool.DisposeAsync();
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_pool_of_a_cluster_in_a_host()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        #region cluster-host
        builder.Services.AddClusterPool(options => // in place of AddProcessPool
        {
            options.Cluster = "images";
            options.Membership.UseLocalhost();
        });
        builder.Services.AddHealthChecks().AddClusterPool();
        #endregion
        using var host = builder.Build();
        host.Services.GetRequiredService<IProcessPool>().ShouldBeOfType<ClusterPool>();
    }

    [Fact]
    public void A_node_on_one_of_several_machines()
    {
        var folder = Directory.CreateTempSubdirectory("cluster-pages-").FullName;
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256)
                .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            var (certificateFile, keyFile) = (Path.Combine(folder, "node.pem"), Path.Combine(folder, "node.key"));
            var authorityFile = certificateFile;
            File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
            File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
            var builder = Host.CreateEmptyApplicationBuilder(null);
            #region cluster-machines
            builder.AddMultiprocessingNode(options =>
            {
                options.Cluster = "images";
                options.Membership.UsePostgres("Host=db.internal;Database=cluster;Username=node;SSL Mode=VerifyFull");
                options.Network.Port = 11111; // what the firewall admits
                options.Network.UseTls(certificateFile, keyFile, authorityFile);
            });
            #endregion
            builder.Services.ShouldContain(static service => service.ServiceType == typeof(MultiprocessingNodeOptions));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

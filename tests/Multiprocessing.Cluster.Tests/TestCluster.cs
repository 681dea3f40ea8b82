using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Multiprocessing.ClusterTests;

/// <summary>A cluster of its own, in a directory of its own: nodes in this process, or in processes that a test may kill.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    /// <summary>The end of every wait for something that happens soon.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly List<IHost> _hosts = [];
    private readonly List<ChildProcess> _processes = [];

    private readonly ClusterPlan _plan;

    public TestCluster(Func<ClusterPlan, ClusterPlan>? plan = null)
    {
        Directory.CreateDirectory(Folder);
        _plan = new ClusterPlan(Folder);
        _plan = plan?.Invoke(_plan) ?? _plan;
    }

    /// <summary>Creates a cluster whose members detect as they do by default.</summary>
    public static TestCluster WithDefaultDetection() => new(static plan => plan with { HasDefaultDetection = true });

    /// <summary>Gets the directory of the membership and of what tasks write.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"cluster-test-{Guid.NewGuid():N}");

    /// <summary>Gets where members find each other, for a caller in a process of its own.</summary>
    public ClusterPlan Plan => _plan;

    /// <summary>Builds a node as a program does.</summary>
    public static IHost Build(ClusterPlan plan, string name, int workers, string? tag, Action<MultiprocessingNodeOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.AddMultiprocessingNode(options =>
        {
            Apply(options, plan, name);
            options.Workers = workers;
            if (tag is not null)
            {
                options.Tags.Add(tag);
            }

            configure?.Invoke(options);
        });
        return builder.Build();
    }

    private static void Apply(MultiprocessingNodeOptions options, ClusterPlan plan, string name)
    {
        options.Cluster = "test";
        options.Name = name;
        plan.Apply(options.Membership, options.Network, options.Detection);
    }

    /// <summary>Sets the options of a node.</summary>
    public void Apply(MultiprocessingNodeOptions options, string name) => Apply(options, _plan, name);

    /// <summary>Starts a node in this process.</summary>
    public async Task<IHost> StartNodeAsync(
        string name, int workers = 2, string? tag = null, Action<MultiprocessingNodeOptions>? configure = null)
    {
        var host = Build(_plan, name, workers, tag, configure);
        await host.StartAsync();
        _hosts.Add(host);
        return host;
    }

    /// <summary>Starts a node in a process of its own, which a test may kill.</summary>
    public ChildProcess StartProcess(string name, int workers = 2)
    {
        var process = ChildProcess.Run(static (plan, node, count) => Build(plan, node, count, null).Run(), _plan, name, workers);
        _processes.Add(process);
        return process;
    }

    public Task<ClusterPool> ConnectAsync(Action<ClusterPoolOptions>? configure = null) => Connect(_plan, configure);

    public static Task<ClusterPool> Connect(ClusterPlan plan, Action<ClusterPoolOptions>? configure = null) => ClusterPool.ConnectAsync(options =>
    {
        options.Cluster = "test";
        options.ConnectTimeout = TimeSpan.FromSeconds(120);
        plan.Apply(options.Membership, options.Network, options.Detection);
        configure?.Invoke(options);
    });

    /// <summary>Sets the options of a caller.</summary>
    public void Apply(ClusterPoolOptions options)
    {
        options.Cluster = "test";
        options.ConnectTimeout = TimeSpan.FromSeconds(120);
        _plan.Apply(options.Membership, options.Network, options.Detection);
    }

    /// <summary>Looks at the cluster.</summary>
    public Task<ClusterMonitor> WatchAsync() => ClusterMonitor.ConnectAsync(options =>
    {
        options.Cluster = "test";
        options.ConnectTimeout = TimeSpan.FromSeconds(120);
        _plan.Apply(options.Membership, options.Network, options.Detection);
    });

    /// <summary>Connects, and waits for a number of nodes.</summary>
    public async Task<ClusterPool> ConnectAsync(int nodes, int attempts = 1)
    {
        var pool = await ConnectAsync(options => options.MaxAttempts = attempts);
        await Until(() => pool.NodeNames.Count == nodes, $"{nodes} nodes have joined");
        return pool;
    }

    public static async Task Until(Func<bool> condition, string what)
    {
        for (var began = Stopwatch.GetTimestamp(); !condition();)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"It did not become so that {what}.");
            }

            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.Dispose();
        }

        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>What tasks did, written by the tasks themselves: each process has a file, so no line is torn but the last one of a killed process.</summary>
internal static class Ledger
{
    public static int Work(string folder, int id, int milliseconds)
    {
        var file = Path.Combine(folder, $"ledger-{Environment.ProcessId}");
        File.AppendAllText(file, $"start {id}\n");
        Thread.Sleep(milliseconds);
        File.AppendAllText(file, $"end {id}\n");
        return id * 2;
    }

    public static Dictionary<int, int> Read(string folder, string what) => Directory.EnumerateFiles(folder, "ledger-*")
        .SelectMany(File.ReadAllLines)
        .Where(line => line.StartsWith(what + ' ', StringComparison.Ordinal))
        .GroupBy(static line => int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))
        .ToDictionary(static group => group.Key, static group => group.Count());
}

using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Multiprocessing;

namespace ClusterBenchmarks.Contenders;

/// <summary>Nodes of <see cref="Multiprocessing"/> with one worker each, in processes of their own.</summary>
internal sealed class ClusterContender(int nodes = 2) : Contender
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-benchmark-").FullName;
    private readonly List<ChildProcess> _nodes = [];
    private ClusterPool? _pool;

    public override string Name => "cluster";

    public string Folder => _folder;

    public ClusterPool Pool => _pool!;

    public override TimeSpan NodeTime => TimeSpan.FromSeconds(_nodes.Sum(static node => SecondsOf(node.Id)));

    public override async Task StartAsync()
    {
        _nodes.AddRange(Enumerable.Range(0, nodes).Select(number => ChildProcess.Run(RunNode, _folder, NameOf(number))));
        _pool = await ClusterPool.ConnectAsync(options =>
        {
            options.Cluster = "benchmark";
            options.MaxAttempts = 3;
            options.ConnectTimeout = TimeSpan.FromSeconds(60);
            options.Membership.UseLocalhost(_folder);
        }).ConfigureAwait(false);
        while (_pool.NodeNames.Count < nodes)
        {
            await Task.Delay(20).ConfigureAwait(false);
        }
    }

    public override Task<int> AddOneAsync(int number) => ((IProcessPool)Pool).RunAsync(static given => given + 1, number);

    public override Task<byte[]> EchoAsync(byte[] bytes) => ((IProcessPool)Pool).RunAsync(static given => given, bytes);

    public int ProcessOf(string node) => _nodes[int.Parse(node["node-".Length..], CultureInfo.InvariantCulture)].Id;

    public override async ValueTask DisposeAsync()
    {
        if (_pool is not null)
        {
            await _pool.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var node in _nodes)
        {
            node.Kill();
            node.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string NameOf(int number) => $"node-{number}";

    private static void RunNode(string folder, string name)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddMultiprocessingNode(options =>
        {
            options.Cluster = "benchmark";
            options.Name = name;
            options.Workers = 1;
            options.Membership.UseLocalhost(folder);
        });
        builder.Build().Run();
    }

    /// <summary>The processor time of a node's process and of its workers.</summary>
    private static double SecondsOf(int process)
    {
        var seconds = 0.0;
        foreach (var task in Directory.GetDirectories($"/proc/{process}/task"))
        {
            foreach (var child in File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                seconds += SecondsOf(int.Parse(child, CultureInfo.InvariantCulture));
            }
        }

        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return seconds + ((double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / 100);
    }
}

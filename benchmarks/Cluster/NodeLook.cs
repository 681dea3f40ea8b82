using System.Diagnostics;
using System.Net;
using Multiprocessing;
using Orleans.Runtime;

namespace ClusterBenchmarks;

/// <summary>What it costs the scheduler to look at one node when it looks for the least loaded one.</summary>
internal static class NodeLook
{
    private const int Nodes = 1_000;
    private const int Rounds = 200;

    public static double Measure()
    {
        var links = new NodeLinks();
        for (var i = 0; i < Nodes; i++)
        {
            var node = new NodeDescription(true, $"node-{i}", "machine", i, 16, "build", []);
            links.Add(new NodeLink(SiloAddress.New(IPAddress.Loopback, 1 + i, 0), null!, node, null!));
        }

        Look(links);
        return Look(links);
    }

    private static double Look(NodeLinks links)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Rounds; i++)
        {
            _ = links.FindRoom("task", began, out _);
        }

        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / Nodes / Rounds;
    }
}

using Microsoft.Extensions.Hosting;
using Multiprocessing;

namespace DurableJobs;

/// <summary>A node. In production it is the program of each machine.</summary>
internal static class Node
{
    public static void Run(string membership, string name)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddMultiprocessingNode(options =>
        {
            options.Cluster = "jobs";
            options.Name = name;
            options.Workers = 2;
            options.Membership.UseLocalhost(membership); // on several machines: a store that all of them reach
        });
        builder.Build().Run();
    }
}

using Microsoft.Extensions.Hosting;
using Multiprocessing;

namespace Cluster;

/// <summary>A node. In production it is the program of each machine; here it is a child process for each of three.</summary>
internal static class Node
{
    public static void Run(string folder, string name, int workers)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddMultiprocessingNode(options =>
        {
            options.Cluster = "sample";
            options.Name = name;
            options.Workers = workers;
            options.Membership.UseLocalhost(folder); // on several machines: a store that all of them reach
        });
        builder.Build().Run();
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Multiprocessing;

/// <summary>Makes a host a node of a cluster.</summary>
/// <example>
/// <code>
/// var builder = Host.CreateApplicationBuilder(args);
/// builder.AddMultiprocessingNode(options =>
/// {
///     options.Cluster = "images";
///     options.Membership.UseLocalhost();
/// });
/// using IHost host = builder.Build();
/// await host.StartAsync(); // or host.RunAsync(), until Ctrl-C
/// </code>
/// </example>
public static class MultiprocessingNodeExtensions
{
    /// <summary>
    /// Adds a node: a member of the cluster that runs tasks of callers (<see cref="ClusterPool"/>) in worker processes of this machine. When the host
    /// stops, the node takes no more tasks and finishes those that it has (<see cref="MultiprocessingNodeOptions.LeaveGrace"/>).
    /// </summary>
    /// <param name="builder">The host's builder. The host has no other Orleans silo.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">No membership was selected, or the host has a node already.</exception>
    public static IHostApplicationBuilder AddMultiprocessingNode(this IHostApplicationBuilder builder, Action<MultiprocessingNodeOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new MultiprocessingNodeOptions();
        configure(options);
        options.Validate();
        if (builder.Services.Any(static service => service.ServiceType == typeof(NodeHost)))
        {
            throw new InvalidOperationException("The host is a node already. A machine with several nodes has a program for each.");
        }

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<NodeHost>();
        builder.Services.AddSingleton<IPeerHandler>(static provider => provider.GetRequiredService<NodeHost>());
        builder.Services.AddSingleton<IFencedPart>(static provider => provider.GetRequiredService<NodeHost>());
        ClusterSilo.Add(builder, options.Member);
        builder.Services.AddHostedService(static provider => provider.GetRequiredService<NodeHost>()); // behind the silo: it stops first
        return builder;
    }
}

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
        var options = OptionsOf(configure);
        AddNode(builder.Services, options);
        builder.UseOrleans(silo => ClusterSilo.Configure(silo, options.Member));
        AddStart(builder.Services);
        return builder;
    }

    /// <summary>Adds a node to a host that is built in callbacks (<c>Host.CreateDefaultBuilder</c>).</summary>
    /// <param name="builder">The host's builder. The host has no other Orleans silo, and is a node once: the second time ends its build.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">No membership was selected.</exception>
    public static IHostBuilder AddMultiprocessingNode(this IHostBuilder builder, Action<MultiprocessingNodeOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = OptionsOf(configure);
        return builder
            .ConfigureServices(services => AddNode(services, options))
            .UseOrleans(silo => ClusterSilo.Configure(silo, options.Member))
            .ConfigureServices(AddStart);
    }

    private static MultiprocessingNodeOptions OptionsOf(Action<MultiprocessingNodeOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new MultiprocessingNodeOptions();
        configure(options);
        options.Validate();
        return options;
    }

    private static void AddNode(IServiceCollection services, MultiprocessingNodeOptions options)
    {
        if (services.Any(static service => service.ServiceType == typeof(NodeHost)))
        {
            throw new InvalidOperationException("The host is a node already. A machine with several nodes has a program for each.");
        }

        services.AddSingleton(options);
        services.AddSingleton<NodeHost>();
        services.AddSingleton<IPeerHandler>(static provider => provider.GetRequiredService<NodeHost>());
        services.AddSingleton<IFencedPart>(static provider => provider.GetRequiredService<NodeHost>());
    }

    /// <summary>The node starts behind its silo, and so stops before it.</summary>
    private static void AddStart(IServiceCollection services) =>
        services.AddHostedService(static provider => provider.GetRequiredService<NodeHost>());
}

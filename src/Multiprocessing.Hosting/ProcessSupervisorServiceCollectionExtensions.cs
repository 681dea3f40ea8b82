using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Multiprocessing;

/// <summary>Adds a supervisor to a host.</summary>
/// <example>
/// <code>
/// var builder = Host.CreateApplicationBuilder();
/// builder.Services.AddProcessSupervisor().AddService&lt;ICounter>("counter", () => new Counter(start: 40));
/// using IHost host = builder.Build();
/// await host.StartAsync();
/// int next = host.Services.GetRequiredService&lt;ICounter>().Next();
/// await host.StopAsync();
/// </code>
/// </example>
public static class ProcessSupervisorServiceCollectionExtensions
{
    /// <summary>
    /// Adds the supervisor of the host. It starts its children with the host, which waits until all of them run, and starts them again when they die.
    /// If it gives up, a critical record is logged and the host stops.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>A builder that adds the children. Further calls of this method return builders of the same supervisor.</returns>
    /// <remarks>
    /// When the host stops, and its other services have stopped, the children are stopped in reverse order, as far as the host's shutdown time
    /// allows. Then their processes are killed, which a warning reports.
    /// </remarks>
    public static ProcessSupervisorBuilder AddProcessSupervisor(this IServiceCollection services, Action<ProcessSupervisorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var children = (SupervisedChildren?)services
            .FirstOrDefault(static service => service.ServiceType == typeof(SupervisedChildren))?.ImplementationInstance;
        if (children is null)
        {
            children = [];
            services.AddSingleton(children);
            services.AddSingleton<SupervisorPart>();
            services.AddSingleton<HostedPart>(static provider => provider.GetRequiredService<SupervisorPart>());
            services.AddSingleton<IValidateOptions<ProcessSupervisorOptions>>(
                new OptionsValidation<ProcessSupervisorOptions>(Options.DefaultName, "the supervisor", static options => options.Validate()));
            HostedParts.AddHost(services);
        }

        var options = services.AddOptions<ProcessSupervisorOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return new ProcessSupervisorBuilder(services, options, children);
    }
}

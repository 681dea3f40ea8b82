using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Multiprocessing;

/// <summary>Adds pools of a cluster to a host. A program that has a pool of its own machine changes one line.</summary>
/// <example>
/// <code>
/// var builder = Host.CreateApplicationBuilder();
/// builder.Services.AddClusterPool(options => // in place of AddProcessPool
/// {
///     options.Cluster = "images";
///     options.Membership.UseLocalhost();
/// });
/// using IHost host = builder.Build();
/// await host.StartAsync();
/// int answer = await host.Services.GetRequiredService&lt;IProcessPool>().RunAsync((a, b) => a * b, 6, 7);
/// await host.StopAsync();
/// </code>
/// </example>
public static class ClusterPoolServiceCollectionExtensions
{
    /// <summary>
    /// Adds the pool of the program: a singleton that services get as <see cref="ClusterPool"/>, and as <see cref="IProcessPool"/> if no other pool
    /// was added as such before. It connects when the host starts, or with the first task if a service has one before.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options; the membership is required.</param>
    /// <returns>
    /// A builder of the options, for example for <c>BindConfiguration("Pool")</c>. They are validated when the host starts, which fails with
    /// <see cref="OptionsValidationException"/> if they are not valid, and with <see cref="ClusterException"/> if no node is found.
    /// </returns>
    /// <remarks>
    /// When the host stops, and all its other services have stopped, the pool finishes the tasks that it has, as long as
    /// <c>HostOptions.ShutdownTimeout</c> allows. Then the nodes cancel and kill them, which a warning reports. Without a <c>LoggerFactory</c> of its
    /// own the pool logs to the host's.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The pool was added before.</exception>
    public static OptionsBuilder<ClusterPoolOptions> AddClusterPool(this IServiceCollection services, Action<ClusterPoolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        HostedParts.ThrowIfAdded(services, typeof(ClusterPool), null);
        services.AddSingleton(static provider => Create(provider, Options.DefaultName));
        services.TryAddSingleton<IProcessPool>(static provider => provider.GetRequiredService<ClusterPool>());
        services.AddSingleton<HostedPart>(static provider => PartOf(provider, provider.GetRequiredService<ClusterPool>));
        return AddOptions(services, Options.DefaultName, "the cluster pool", configure);
    }

    /// <summary>
    /// Adds a named pool: a keyed singleton that services get as <c>[FromKeyedServices("name")] ClusterPool</c> or <c>IProcessPool</c>. It connects
    /// when the host starts, or with the first task if a service has one before.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The name: the key, and the name of the options.</param>
    /// <param name="configure">Sets the options; the membership is required.</param>
    /// <inheritdoc cref="AddClusterPool(IServiceCollection, Action{ClusterPoolOptions}?)" path="/returns"/>
    /// <inheritdoc cref="AddClusterPool(IServiceCollection, Action{ClusterPoolOptions}?)" path="/remarks"/>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">A pool of that name was added before.</exception>
    public static OptionsBuilder<ClusterPoolOptions> AddClusterPool(
        this IServiceCollection services, string name, Action<ClusterPoolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        HostedParts.ThrowIfAdded(services, typeof(ClusterPool), name);
        services.AddKeyedSingleton(name, (provider, _) => Create(provider, name));
        services.TryAddKeyedSingleton<IProcessPool>(name, static (provider, key) => provider.GetRequiredKeyedService<ClusterPool>(key));
        services.AddSingleton<HostedPart>(provider => PartOf(provider, () => provider.GetRequiredKeyedService<ClusterPool>(name)));
        return AddOptions(services, name, $"the cluster pool '{name}'", configure);
    }

    /// <summary>Adds a named pool whose options are read from a section of the configuration.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The name: the key, and the name of the options.</param>
    /// <param name="configuration">
    /// The section, for example <c>configuration.GetSection("Pools:images")</c>. A key that is no option ends the start of the host: it is a mistake.
    /// </param>
    /// <param name="configure">Sets further options, after the section; the membership is required.</param>
    /// <inheritdoc cref="AddClusterPool(IServiceCollection, string, Action{ClusterPoolOptions}?)" path="/returns"/>
    /// <inheritdoc cref="AddClusterPool(IServiceCollection, string, Action{ClusterPoolOptions}?)" path="/remarks"/>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">A pool of that name was added before.</exception>
    public static OptionsBuilder<ClusterPoolOptions> AddClusterPool(
        this IServiceCollection services, string name, IConfiguration configuration, Action<ClusterPoolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = services.AddClusterPool(name).Bind(configuration, static binder => binder.ErrorOnUnknownConfiguration = true);
        return configure is null ? options : options.Configure(configure);
    }

    private static OptionsBuilder<ClusterPoolOptions> AddOptions(
        IServiceCollection services, string name, string what, Action<ClusterPoolOptions>? configure)
    {
        HostedParts.AddHost(services);
        services.AddSingleton<IValidateOptions<ClusterPoolOptions>>(
            new OptionsValidation<ClusterPoolOptions>(name, what, static options => options.Validate()));
        var builder = services.AddOptions<ClusterPoolOptions>(name).ValidateOnStart();
        return configure is null ? builder : builder.Configure(configure);
    }

    private static ClusterPool Create(IServiceProvider provider, string name)
    {
        _ = provider.GetRequiredService<HostLogging>(); // before the pool, so that it is disposed of after it
        var options = provider.GetRequiredService<IOptionsMonitor<ClusterPoolOptions>>().Get(name);
        options.LoggerFactory ??= provider.GetService<ILoggerFactory>();
        return new ClusterPool(options);
    }

    private static ClusterPoolPart PartOf(IServiceProvider provider, Func<ClusterPool> create) =>
        new(create, HostedParts.LoggerOf<ClusterPool>(provider));
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Multiprocessing;

/// <summary>Adds process pools to a host.</summary>
/// <example>
/// <code>
/// var builder = Host.CreateApplicationBuilder();
/// builder.Services.AddProcessPool("images", options => options.Workers = 2);
/// using IHost host = builder.Build();
/// await host.StartAsync();
/// int answer = await host.Services.GetRequiredKeyedService&lt;ProcessPool>("images").RunAsync((a, b) => a * b, 6, 7);
/// await host.StopAsync();
/// </code>
/// </example>
public static class ProcessPoolServiceCollectionExtensions
{
    /// <summary>
    /// Adds the pool of the program: a singleton that services get as <see cref="ProcessPool"/>, and as <see cref="IProcessPool"/> if no other pool
    /// was added as such before. It is created when the host starts, or before if a service asks for it.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>
    /// A builder of the options, for example for <c>BindConfiguration("Pool")</c>. They are validated when the host starts, which fails with
    /// <see cref="OptionsValidationException"/> if they are not valid.
    /// </returns>
    /// <remarks>
    /// When the host stops, and all its other services have stopped, the pool finishes the tasks that it has, as long as
    /// <c>HostOptions.ShutdownTimeout</c> allows. Then its workers are killed, which a warning reports with the names of the tasks.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The pool was added before.</exception>
    public static OptionsBuilder<ProcessPoolOptions> AddProcessPool(this IServiceCollection services, Action<ProcessPoolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        HostedParts.ThrowIfAdded(services, typeof(ProcessPool), null);
        services.AddSingleton(static provider => Create(provider, Options.DefaultName));
        services.TryAddSingleton<IProcessPool>(static provider => provider.GetRequiredService<ProcessPool>());
        services.AddSingleton<HostedPart>(static provider => PartOf(provider, provider.GetRequiredService<ProcessPool>));
        return AddOptions(services, Options.DefaultName, "the process pool", configure);
    }

    /// <summary>
    /// Adds a named pool: a keyed singleton that services get as <c>[FromKeyedServices("name")] ProcessPool</c> or <c>IProcessPool</c>. It is created
    /// when the host starts, or before if a service asks for it.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The name: the key, the name of the options, and the default of <see cref="ProcessPoolOptions.Name"/>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <inheritdoc cref="AddProcessPool(IServiceCollection, Action{ProcessPoolOptions}?)" path="/returns"/>
    /// <inheritdoc cref="AddProcessPool(IServiceCollection, Action{ProcessPoolOptions}?)" path="/remarks"/>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">A pool of that name was added before.</exception>
    public static OptionsBuilder<ProcessPoolOptions> AddProcessPool(
        this IServiceCollection services, string name, Action<ProcessPoolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        HostedParts.ThrowIfAdded(services, typeof(ProcessPool), name);
        services.AddKeyedSingleton(name, (provider, _) => Create(provider, name));
        services.TryAddKeyedSingleton<IProcessPool>(name, static (provider, key) => provider.GetRequiredKeyedService<ProcessPool>(key));
        services.AddSingleton<HostedPart>(provider => PartOf(provider, () => provider.GetRequiredKeyedService<ProcessPool>(name)));
        return AddOptions(services, name, $"the process pool '{name}'", options =>
        {
            options.Name ??= name;
            configure?.Invoke(options);
        });
    }

    /// <summary>Adds a named pool whose options are read from a section of the configuration.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The name: the key, the name of the options, and the default of <see cref="ProcessPoolOptions.Name"/>.</param>
    /// <param name="configuration">
    /// The section, for example <c>configuration.GetSection("Pools:images")</c>. A key that is no option ends the start of the host: it is a mistake.
    /// </param>
    /// <param name="configure">Sets further options, after the section.</param>
    /// <inheritdoc cref="AddProcessPool(IServiceCollection, string, Action{ProcessPoolOptions}?)" path="/returns"/>
    /// <inheritdoc cref="AddProcessPool(IServiceCollection, string, Action{ProcessPoolOptions}?)" path="/remarks"/>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">A pool of that name was added before.</exception>
    public static OptionsBuilder<ProcessPoolOptions> AddProcessPool(
        this IServiceCollection services, string name, IConfiguration configuration, Action<ProcessPoolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = services.AddProcessPool(name).Bind(configuration, static binder => binder.ErrorOnUnknownConfiguration = true);
        return configure is null ? options : options.Configure(configure);
    }

    private static OptionsBuilder<ProcessPoolOptions> AddOptions(
        IServiceCollection services, string name, string what, Action<ProcessPoolOptions>? configure)
    {
        HostedParts.AddHost(services);
        services.AddSingleton<IValidateOptions<ProcessPoolOptions>>(
            new OptionsValidation<ProcessPoolOptions>(name, what, static options => options.Validate()));
        var builder = services.AddOptions<ProcessPoolOptions>(name).ValidateOnStart();
        return configure is null ? builder : builder.Configure(configure);
    }

    private static ProcessPool Create(IServiceProvider provider, string name)
    {
        _ = provider.GetRequiredService<HostLogging>(); // before the pool, so that it is disposed of after it
        return new ProcessPool(provider.GetRequiredService<IOptionsMonitor<ProcessPoolOptions>>().Get(name));
    }

    private static PoolPart PartOf(IServiceProvider provider, Func<ProcessPool> create) =>
        new(create, HostedParts.LoggerOf<ProcessPool>(provider));
}

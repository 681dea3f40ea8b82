using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>Adds objects in processes of their own to a host.</summary>
/// <example>
/// <code>
/// var builder = Host.CreateApplicationBuilder();
/// builder.Services.AddProcessService&lt;ICounter>(() => new Counter(start: 40));
/// using IHost host = builder.Build();
/// await host.StartAsync();
/// int next = host.Services.GetRequiredService&lt;ICounter>().Next(); // runs in the process of the service
/// await host.StopAsync();
/// </code>
/// </example>
public static class ProcessServiceServiceCollectionExtensions
{
    /// <summary>
    /// Adds an object that runs in a process of its own. Services get its proxy as <typeparamref name="TInterface"/>, and may get the
    /// <see cref="ProcessService{TInterface}"/> itself. The process starts with the host, which waits until the object was created; a service that
    /// asks for the proxy before waits, too.
    /// </summary>
    /// <typeparam name="TInterface">The interface. A source generator creates its proxy; it reports members that no proxy can carry.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="factory">
    /// Creates the object. It runs in the new process, again after each restart, and may use captured values as a body does.
    /// </param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>A builder of the options, for example for <c>BindConfiguration("Ocr")</c>. They are validated when the host starts.</returns>
    /// <remarks>
    /// When the host stops, and its other services have stopped, the calls in flight have <see cref="ProcessServiceOptions.ShutdownGrace"/> to end,
    /// as far as the host's shutdown time allows. Then the process is killed, which a warning reports.
    /// </remarks>
    /// <exception cref="InvalidOperationException">A service of that interface was added before.</exception>
    [OverloadResolutionPriority(2)]
    public static OptionsBuilder<ProcessServiceOptions> AddProcessService<[GenerateProxy] TInterface>(
        this IServiceCollection services, Func<TInterface> factory, Action<ProcessServiceOptions>? configure = null)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(factory);
        return services.AddProcessService(_ => factory, configure);
    }

    /// <summary>Adds an object in a process of its own, whose factory captures values of the host's services.</summary>
    /// <typeparam name="TInterface">The interface. A source generator creates its proxy; it reports members that no proxy can carry.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="factory">
    /// Returns the factory that runs in the new process. It reads what that factory captures: services themselves cannot cross.
    /// </param>
    /// <param name="configure">Sets the options.</param>
    /// <inheritdoc cref="AddProcessService{TInterface}(IServiceCollection, Func{TInterface}, Action{ProcessServiceOptions}?)" path="/returns"/>
    /// <inheritdoc cref="AddProcessService{TInterface}(IServiceCollection, Func{TInterface}, Action{ProcessServiceOptions}?)" path="/remarks"/>
    /// <exception cref="InvalidOperationException">A service of that interface was added before.</exception>
    public static OptionsBuilder<ProcessServiceOptions> AddProcessService<[GenerateProxy] TInterface>(
        this IServiceCollection services, Func<IServiceProvider, Func<TInterface>> factory, Action<ProcessServiceOptions>? configure = null)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(factory);
        HostedParts.ThrowIfAdded(services, typeof(TInterface), null);
        var name = OptionsNameOf<TInterface>(null);
        services.AddSingleton(provider => PartOf(provider, name, factory));
        services.AddSingleton<HostedPart>(static provider => provider.GetRequiredService<ServicePart<TInterface>>());
        services.AddSingleton(static provider => provider.GetRequiredService<ServicePart<TInterface>>().Service);
        services.AddSingleton(static provider => provider.GetRequiredService<ServicePart<TInterface>>().Service.Proxy);
        return AddOptions(services, name, $"the service {typeof(TInterface).Name}", configure);
    }

    /// <summary>
    /// Adds a named object in a process of its own: services get its proxy as <c>[FromKeyedServices("name")]</c>. So a program may have several of
    /// one interface.
    /// </summary>
    /// <typeparam name="TInterface">The interface. A source generator creates its proxy; it reports members that no proxy can carry.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The key, and the default of <see cref="ProcessServiceOptions.Name"/>.</param>
    /// <param name="factory">Creates the object in the new process.</param>
    /// <param name="configure">Sets the options.</param>
    /// <inheritdoc cref="AddProcessService{TInterface}(IServiceCollection, Func{TInterface}, Action{ProcessServiceOptions}?)" path="/returns"/>
    /// <inheritdoc cref="AddProcessService{TInterface}(IServiceCollection, Func{TInterface}, Action{ProcessServiceOptions}?)" path="/remarks"/>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">A service of that interface and name was added before.</exception>
    [OverloadResolutionPriority(2)]
    public static OptionsBuilder<ProcessServiceOptions> AddProcessService<[GenerateProxy] TInterface>(
        this IServiceCollection services, string name, Func<TInterface> factory, Action<ProcessServiceOptions>? configure = null)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(factory);
        return services.AddProcessService(name, _ => factory, configure);
    }

    /// <summary>Adds a named object in a process of its own, whose factory captures values of the host's services.</summary>
    /// <typeparam name="TInterface">The interface. A source generator creates its proxy; it reports members that no proxy can carry.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The key, and the default of <see cref="ProcessServiceOptions.Name"/>.</param>
    /// <param name="factory">Returns the factory that runs in the new process.</param>
    /// <param name="configure">Sets the options.</param>
    /// <inheritdoc cref="AddProcessService{TInterface}(IServiceCollection, Func{TInterface}, Action{ProcessServiceOptions}?)" path="/returns"/>
    /// <inheritdoc cref="AddProcessService{TInterface}(IServiceCollection, Func{TInterface}, Action{ProcessServiceOptions}?)" path="/remarks"/>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">A service of that interface and name was added before.</exception>
    public static OptionsBuilder<ProcessServiceOptions> AddProcessService<[GenerateProxy] TInterface>(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, Func<TInterface>> factory,
        Action<ProcessServiceOptions>? configure = null)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        HostedParts.ThrowIfAdded(services, typeof(TInterface), name);
        var options = OptionsNameOf<TInterface>(name);
        services.AddKeyedSingleton(name, (provider, _) => PartOf(provider, options, factory));
        services.AddSingleton<HostedPart>(provider => provider.GetRequiredKeyedService<ServicePart<TInterface>>(name));
        services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredKeyedService<ServicePart<TInterface>>(name).Service);
        services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredKeyedService<ServicePart<TInterface>>(name).Service.Proxy);
        return AddOptions(services, options, $"the service '{name}'", value =>
        {
            value.Name ??= name;
            configure?.Invoke(value);
        });
    }

    /// <summary>Two interfaces may have services of one name.</summary>
    internal static string OptionsNameOf<TInterface>(string? name) =>
        name is null ? typeof(TInterface).FullName! : $"{typeof(TInterface).FullName}:{name}";

    private static OptionsBuilder<ProcessServiceOptions> AddOptions(
        IServiceCollection services, string name, string what, Action<ProcessServiceOptions>? configure)
    {
        HostedParts.AddHost(services);
        services.AddSingleton<IValidateOptions<ProcessServiceOptions>>(
            new OptionsValidation<ProcessServiceOptions>(name, what, static options => options.Validate()));
        var builder = services.AddOptions<ProcessServiceOptions>(name).ValidateOnStart();
        return configure is null ? builder : builder.Configure(configure);
    }

    private static ServicePart<TInterface> PartOf<TInterface>(
        IServiceProvider provider, string options, Func<IServiceProvider, Func<TInterface>> factory)
        where TInterface : class
    {
        _ = provider.GetRequiredService<HostLogging>(); // before the service, so that it is disposed of after it
        return new ServicePart<TInterface>(
            token => ProcessService.StartAsync(
                factory(provider), provider.GetRequiredService<IOptionsMonitor<ProcessServiceOptions>>().Get(options), token),
            HostedParts.LoggerOf<ProcessService<TInterface>>(provider));
    }
}

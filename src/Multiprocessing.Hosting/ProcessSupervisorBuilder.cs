using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>Adds children to the supervisor of a host, in the order of their start.</summary>
/// <example>
/// <code>
/// var builder = Host.CreateApplicationBuilder();
/// ProcessSupervisorBuilder supervisor = builder.Services.AddProcessSupervisor(options => options.Name = "app");
/// supervisor.AddService&lt;ICounter>("counter", () => new Counter(start: 0));
/// supervisor.Add((services, children) => children.AddBody("heart", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping)));
/// supervisor.Options.BindConfiguration("Supervisor");
/// </code>
/// </example>
public sealed class ProcessSupervisorBuilder
{
    private readonly SupervisedChildren _children;

    internal ProcessSupervisorBuilder(IServiceCollection services, OptionsBuilder<ProcessSupervisorOptions> options, SupervisedChildren children)
    {
        Services = services;
        Options = options;
        _children = children;
    }

    /// <summary>Gets the services of the host.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Gets a builder of the supervisor's options, for example for <c>BindConfiguration</c>. They are validated when the host starts.
    /// </summary>
    public OptionsBuilder<ProcessSupervisorOptions> Options { get; }

    /// <summary>
    /// Adds a supervised object in a process of its own. Services get its proxy as <typeparamref name="TInterface"/>; its calls wait for the start,
    /// and for restarts.
    /// </summary>
    /// <typeparam name="TInterface">The interface. A source generator creates its proxy; it reports members that no proxy can carry.</typeparam>
    /// <param name="name">The name, unique in the supervisor.</param>
    /// <param name="factory">Creates the object. It runs in the process of each life.</param>
    /// <param name="options">How the service is started and called; <see langword="null"/> for the defaults.</param>
    /// <param name="childOptions">
    /// A health probe; <see langword="null"/>, the default, for none. <see cref="SupervisedChildOptions.Restart"/> and
    /// <see cref="SupervisedChildOptions.ShutdownGrace"/> count if they were set; otherwise those of <paramref name="options"/> do.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">A service of that interface was added before.</exception>
    public ProcessSupervisorBuilder AddService<[GenerateProxy] TInterface>(
        string name, Func<TInterface> factory, ProcessServiceOptions? options = null, SupervisedChildOptions? childOptions = null)
        where TInterface : class
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        HostedParts.ThrowIfAdded(Services, typeof(TInterface), null);
        _children.Add((_, supervisor, proxies) => proxies[typeof(TInterface)] = supervisor.AddService(name, factory, options, childOptions));
        Services.AddSingleton(static provider => (TInterface)provider.GetRequiredService<SupervisorPart>().ProxyOf(typeof(TInterface)));
        return this;
    }

    /// <summary>Adds other children: bodies, pools, nested supervisors.</summary>
    /// <param name="add">Adds them to the supervisor. Called once, with the services of the host, when the host starts.</param>
    /// <returns>This builder.</returns>
    public ProcessSupervisorBuilder Add(Action<IServiceProvider, ProcessSupervisor> add)
    {
        ArgumentNullException.ThrowIfNull(add);
        _children.Add((provider, supervisor, _) => add(provider, supervisor));
        return this;
    }
}

/// <summary>How the children of the supervisor are added, in their order.</summary>
internal sealed class SupervisedChildren : List<Action<IServiceProvider, ProcessSupervisor, Dictionary<Type, object>>>;

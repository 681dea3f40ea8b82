using System.Runtime.CompilerServices;

namespace Multiprocessing;

// Adding services.
public sealed partial class ProcessSupervisor
{
    /// <summary>
    /// Adds a service and starts it as soon as the children before it run. The supervisor starts it again; the proxy stays the same.
    /// </summary>
    /// <typeparam name="TInterface">The interface. A source generator creates its proxy; it reports members that no proxy can carry.</typeparam>
    /// <param name="name">The name, unique in this supervisor; also the name of the process.</param>
    /// <param name="factory">Creates the object. It runs in the process of each life.</param>
    /// <param name="options">
    /// How the service is started and called; <see langword="null"/> for the defaults. <see cref="ProcessServiceOptions.MaxRestarts"/> and
    /// <see cref="ProcessServiceOptions.Period"/> have no effect: those of the supervisor count.
    /// </param>
    /// <param name="childOptions">
    /// A health probe, which may call the proxy; <see langword="null"/>, the default, for none. <see cref="SupervisedChildOptions.Restart"/> and
    /// <see cref="SupervisedChildOptions.ShutdownGrace"/> count if they were set; otherwise those of <paramref name="options"/> do.
    /// <see cref="SupervisedChildOptions.Process"/> has no effect.
    /// </param>
    /// <returns>
    /// The proxy. Calls before the first start wait; between two lives they wait or fail, see
    /// <see cref="ProcessServiceOptions.WhileRestarting"/>. If the
    /// service is not started again, they throw <see cref="ServiceDiedException"/>; after the supervisor has stopped it,
    /// <see cref="ObjectDisposedException"/>.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="factory"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or belongs to another child.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="NotSerializableException">Something that the factory captures cannot cross.</exception>
    /// <exception cref="InvalidOperationException">The supervisor has given up.</exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed.</exception>
    [OverloadResolutionPriority(1)] // for a lambda that only throws
    public TInterface AddService<[GenerateProxy] TInterface>(
        string name, Func<TInterface> factory, ProcessServiceOptions? options = null, SupervisedChildOptions? childOptions = null)
        where TInterface : class => AddServiceCore<TInterface>(name, factory, options, childOptions);

    /// <summary>
    /// Adds a service and starts it as soon as the children before it run. The supervisor starts it again; the proxy stays the same.
    /// </summary>
    /// <typeparam name="TInterface">The interface. A source generator creates its proxy; it reports members that no proxy can carry.</typeparam>
    /// <param name="name">The name, unique in this supervisor; also the name of the process.</param>
    /// <param name="factory">Creates the object asynchronously. It runs in the process of each life.</param>
    /// <param name="options">How the service is started and called; <see langword="null"/> for the defaults.</param>
    /// <param name="childOptions">
    /// A health probe; <see langword="null"/>, the default, for none. <see cref="SupervisedChildOptions.Restart"/> and
    /// <see cref="SupervisedChildOptions.ShutdownGrace"/> count if they were set; otherwise those of <paramref name="options"/> do.
    /// </param>
    /// <returns>The proxy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="factory"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or belongs to another child.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="NotSerializableException">Something that the factory captures cannot cross.</exception>
    /// <exception cref="InvalidOperationException">The supervisor has given up.</exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed.</exception>
    public TInterface AddService<[GenerateProxy] TInterface>(
        string name, Func<Task<TInterface>> factory, ProcessServiceOptions? options = null, SupervisedChildOptions? childOptions = null)
        where TInterface : class => AddServiceCore<TInterface>(name, factory, options, childOptions);

    private TInterface AddServiceCore<TInterface>(
        string name, Delegate factory, ProcessServiceOptions? options, SupervisedChildOptions? childOptions)
        where TInterface : class
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var client = ProcessService.Create<TInterface>(factory, options, name);
        var child = (childOptions ?? new SupervisedChildOptions()).WithDefaults(client.Options.Restart, client.Options.ShutdownGrace);
        (client.Options.Restart, client.Options.ShutdownGrace) = (child.Restart, child.ShutdownGrace); // its texts say what the supervisor does
        Add(name, new SupervisedService(client, KeptHandles.Of(factory, "factory")), child);
        return (TInterface)client.Contract.CreateProxy(client);
    }
}

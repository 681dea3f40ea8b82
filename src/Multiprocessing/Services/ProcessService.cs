using System.Runtime.CompilerServices;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>Starts services: objects that run in a process of their own and are called through their interface.</summary>
/// <example>
/// <code>
/// await using var service = await ProcessService.StartAsync&lt;ICounter>(() => new Counter(start: 40));
/// ICounter counter = service.Proxy;
/// int next = counter.Next(); // runs in the process of the service
/// int later = await counter.NextAsync();
/// </code>
/// </example>
public static class ProcessService
{
    /// <summary>Starts a process, creates an object in it, and returns when the object was created.</summary>
    /// <typeparam name="TInterface">The interface. A source generator creates its proxy; it reports members that no proxy can carry.</typeparam>
    /// <param name="factory">Creates the object. It runs in the new process, again after each restart, and may use captured values as a body
    /// does.</param>
    /// <param name="options">How the service is started and called; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the start; the process is killed.</param>
    /// <returns>The service. Dispose it to end the process.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="factory"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="NotSerializableException">Something that the factory captures cannot cross.</exception>
    /// <exception cref="ServiceDiedException">The process ended before the object was created.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <remarks>An exception of the factory is thrown here, with the stack of the new process and that of this one.</remarks>
    [OverloadResolutionPriority(1)] // for a lambda that only throws
    public static Task<ProcessService<TInterface>> StartAsync<[GenerateProxy] TInterface>(
        Func<TInterface> factory, ProcessServiceOptions? options = null, CancellationToken cancellationToken = default)
        where TInterface : class => StartCoreAsync<TInterface>(factory, options, cancellationToken);

    /// <summary>Starts a process, creates an object in it, and returns when the object was created.</summary>
    /// <typeparam name="TInterface">The interface. A source generator creates its proxy; it reports members that no proxy can carry.</typeparam>
    /// <param name="factory">Creates the object asynchronously. It runs in the new process, again after each restart, and may use captured values
    /// as a body does.</param>
    /// <param name="options">How the service is started and called; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the start; the process is killed.</param>
    /// <returns>The service. Dispose it to end the process.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="factory"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="NotSerializableException">Something that the factory captures cannot cross.</exception>
    /// <exception cref="ServiceDiedException">The process ended before the object was created.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <remarks>An exception of the factory is thrown here, with the stack of the new process and that of this one.</remarks>
    public static Task<ProcessService<TInterface>> StartAsync<[GenerateProxy] TInterface>(
        Func<Task<TInterface>> factory, ProcessServiceOptions? options = null, CancellationToken cancellationToken = default)
        where TInterface : class => StartCoreAsync<TInterface>(factory, options, cancellationToken);

    private static async Task<ProcessService<TInterface>> StartCoreAsync<TInterface>(
        Delegate factory, ProcessServiceOptions? options, CancellationToken cancellationToken)
        where TInterface : class
    {
        var client = Create<TInterface>(factory, options);
        await client.StartAsync(cancellationToken).ConfigureAwait(false);
        return new ProcessService<TInterface>(client);
    }

    /// <summary>Creates a service that is not started yet.</summary>
    internal static ServiceClient Create<TInterface>(Delegate factory, ProcessServiceOptions? options, string? name = null)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(factory);
        var contract = ProxyContracts.For<TInterface>(factory.Method.Module.Assembly);
        var validated = (options ?? new ProcessServiceOptions()).ToValidated(name ?? typeof(TInterface).Name);
        return new ServiceClient(contract, new ServiceStart<TInterface>(factory, contract.GetType()), validated);
    }
}

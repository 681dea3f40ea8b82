using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// An object that runs in a process of its own. <see cref="Proxy"/> implements its interface: each member is a call of the object. If the process
/// dies, the
/// calls in flight throw <see cref="ServiceDiedException"/>, the process is started again (<see cref="ProcessServiceOptions.Restart"/>), and the
/// same proxy
/// calls the new object.
/// </summary>
/// <remarks>
/// All members, and the proxy, are safe to use from any thread. The calls of one thread arrive in their order. By default the object runs one call
/// at a
/// time. A service belongs to the process that started it.
/// </remarks>
/// <example>
/// <code>
/// await using ProcessService&lt;ICounter> service = await ProcessService.StartAsync&lt;ICounter>(() => new Counter(start: 0));
/// service.Proxy.Next();
/// Process.GetProcessById(service.ProcessId).Kill();
/// int next;
/// try
/// {
///     next = service.Proxy.Next(); // waits for the new process; the same proxy calls its new object
/// }
/// catch (ServiceDiedException)
/// {
///     next = service.Proxy.Next(); // the first call was sent before the death was known
/// }
///
/// Console.WriteLine(service); // ICounter (ICounter, pid 4711, ready, 1 restarts)
/// </code>
/// </example>
[DebuggerDisplay("{_client}")]
public sealed class ProcessService<TInterface> : IAsyncDisposable, IDisposable
    where TInterface : class
{
    private readonly ServiceClient _client;

    internal ProcessService(ServiceClient client)
    {
        _client = client;
        Proxy = (TInterface)client.Contract.CreateProxy(client);
    }

    /// <summary>Gets the proxy. It stays the same when the process is started again.</summary>
    public TInterface Proxy { get; }

    /// <summary>Gets the name of the service.</summary>
    public string Name => _client.Name;

    /// <summary>Gets the id of the service's process; of the latest one after restarts.</summary>
    public int ProcessId => _client.ProcessId;

    /// <summary>Gets the number of times that the process was started again.</summary>
    public int RestartCount => _client.RestartCount;

    /// <summary>
    /// Gets a value that indicates whether the object answers calls at this moment. It is <see langword="false"/> while the process is started again,
    /// and when the service is over.
    /// </summary>
    public bool IsReady => _client.IsReady;

    /// <summary>
    /// Gets a task that ends when the service was stopped, or its process has ended and is not started again. It fails with the reason if the service
    /// was given up because it ended too often, or because a restart failed.
    /// </summary>
    public Task Completion => _client.Completion;

    /// <summary>
    /// Ends the process in order and starts another: calls that were made have <see cref="ProcessServiceOptions.ShutdownGrace"/> to end, and the
    /// object
    /// is disposed. It does not count as a restart for <see cref="ProcessServiceOptions.MaxRestarts"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the grace at once: the old process is killed.</param>
    /// <returns>A task that ends when the new object was created.</returns>
    /// <exception cref="ObjectDisposedException">The service was stopped, before or during the restart.</exception>
    /// <exception cref="InvalidOperationException">The service is being started at this moment.</exception>
    public Task RestartAsync(CancellationToken cancellationToken = default) => _client.RestartAsync(cancellationToken);

    /// <summary>
    /// Ends the service: calls that were made have <see cref="ProcessServiceOptions.ShutdownGrace"/> to end, the object is disposed in its process,
    /// and
    /// the process ends. What takes longer is killed. New calls throw <see cref="ObjectDisposedException"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the grace at once: the process is killed.</param>
    /// <returns>A task that ends when the process has ended.</returns>
    public Task StopAsync(CancellationToken cancellationToken = default) => _client.StopAsync(cancellationToken);

    /// <summary>Does what <see cref="StopAsync"/> does.</summary>
    /// <returns>A task that ends when the process has ended.</returns>
    public ValueTask DisposeAsync() => new(StopAsync());

    /// <summary>Does what <see cref="StopAsync"/> does, and waits for it.</summary>
    public void Dispose() => StopAsync().GetAwaiter().GetResult();

    /// <summary>Returns the name of the service, its interface, its process and its state.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _client.ToString();
}

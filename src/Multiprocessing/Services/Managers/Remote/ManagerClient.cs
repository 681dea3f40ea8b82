using System.Diagnostics;
using System.Net;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// The connection of this program to a <see cref="ManagerServer"/>. It opens the server's objects by their names; their proxies work like those of a
/// <see cref="ProcessManager"/>, with two differences: only values of <see cref="RegisteredTypes"/> cross, and the function of an update runs here.
/// <para>
/// When the connection ends, all calls throw <see cref="ConnectionClosedException"/>, and the server releases what this program held: its proxies,
/// locks and permits.
/// </para>
/// </summary>
/// <remarks>
/// All members are safe to call from any thread. Proxies of a client cannot be passed to other processes: each program connects by itself. It works
/// in programs that are trimmed or compiled ahead of time, with
/// <see cref="RegisteredTypes(System.Text.Json.Serialization.Metadata.IJsonTypeInfoResolver)"/>.
/// </remarks>
/// <example>
/// <code>
/// await using var client = await ManagerClient.ConnectAsync(endPoint, new() { Connection = { Key = key } });
/// using var scores = client.Dictionary&lt;string, int>("scores");
/// await scores.AddOrUpdateAsync("Ada", 1, score => score + 1); // the function runs here
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class ManagerClient : IDisposable, IAsyncDisposable
{
    private readonly ClientOwner _owner;
    private readonly CallChannel _channel;
    private readonly ServerRootProxy _root;
    private readonly RegisteredPayload _payload;

    private ManagerClient(Connection connection, ManagerClientOptions options)
    {
        _payload = (options.Types ?? RegisteredTypes.Simple).Payload;
        _owner = new ClientOwner(connection.Transport);
        ((SocketTransport)connection.Transport).StallTimeout = options.StallTimeout;
        _channel = new CallChannel(
            connection.Transport, _payload, UnlimitedScheduler.Instance, _owner, maxLength: options.Connection.MaxMessageBytes);
        _owner.Channel = _channel;
        _root = new ServerRootProxy(new ObjectTarget(_channel, ServerRootContract.Instance, 0));

        // Sees the end of the connection even while no call waits.
        _channel.AddInterest();
        _channel.ReadInBackground();
    }

    /// <summary>Gets a task that completes when the connection has ended.</summary>
    public Task Completion => _owner.Ended;

    /// <summary>Connects to a server.</summary>
    /// <param name="endPoint">The address of the server.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ConnectionAuthenticationException">The key is not the server's.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static async Task<ManagerClient> ConnectAsync(
        EndPoint endPoint, ManagerClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ManagerClientOptions();
        return new ManagerClient(await Connection.ConnectAsync(endPoint, options.Connection, cancellationToken).ConfigureAwait(false), options);
    }

    /// <inheritdoc cref="ConnectAsync"/>
    public static ManagerClient Connect(EndPoint endPoint, ManagerClientOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(endPoint, options, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Returns the names of the server's objects.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The names, in order.</returns>
    public async Task<string[]> GetNamesAsync(CancellationToken cancellationToken = default) =>
        (await _root.GetNamesAsync(cancellationToken).ConfigureAwait(false)).Items;

    /// <summary>Opens a dictionary.</summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="name">The name that the server has given it.</param>
    /// <returns>A proxy.</returns>
    /// <exception cref="KeyNotFoundException">The server has no object with the name.</exception>
    /// <exception cref="ManagerContractException">The object has another type.</exception>
    /// <exception cref="NotSerializableException">A type is not registered in this program.</exception>
    /// <exception cref="ConnectionClosedException">The connection has ended.</exception>
    public IManagedDictionary<TKey, TValue> Dictionary<TKey, TValue>(string name)
        where TKey : notnull
    {
        _payload.Require<TKey>("key");
        _payload.Require<TValue>("value");
        return Open<IManagedDictionary<TKey, TValue>>(name, new DictionaryContract<TKey, TValue>());
    }

    /// <summary>Opens a list.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedList<T> List<T>(string name)
    {
        _payload.Require<T>("item");
        return Open<IManagedList<T>>(name, new ListContract<T>());
    }

    /// <summary>Opens a set.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedSet<T> Set<T>(string name)
    {
        _payload.Require<T>("item");
        return Open<IManagedSet<T>>(name, new SetContract<T>());
    }

    /// <summary>Opens a queue.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedQueue<T> Queue<T>(string name)
    {
        _payload.Require<T>("item");
        return Open<IManagedQueue<T>>(name, new QueueContract<T>());
    }

    /// <summary>Opens a value.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedValue<T> Value<T>(string name)
    {
        _payload.Require<T>("value");
        return Open<IManagedValue<T>>(name, new ValueContract<T>());
    }

    /// <summary>Opens a namespace.</summary>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedNamespace Namespace(string name) => Open<IManagedNamespace>(name, new NamespaceContract());

    /// <summary>Opens a lock.</summary>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedLock Lock(string name) => Open<IManagedLock>(name, new LockContract());

    /// <summary>Opens a semaphore.</summary>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedSemaphore Semaphore(string name) => Open<IManagedSemaphore>(name, new SemaphoreContract());

    /// <summary>Opens an event.</summary>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedEvent Event(string name) => Open<IManagedEvent>(name, new EventContract());

    /// <summary>Opens a condition.</summary>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedCondition Condition(string name) => Open<IManagedCondition>(name, new ConditionContract());

    /// <summary>Opens a barrier.</summary>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedBarrier Barrier(string name) => Open<IManagedBarrier>(name, new BarrierContract());

    /// <summary>Opens an object of the server's program: the one for all clients, or a new one, as the server has registered the name.</summary>
    /// <typeparam name="TInterface">The interface. Its proxy is generated.</typeparam>
    /// <exception cref="NotSupportedException">No proxy was generated for the interface.</exception>
    /// <inheritdoc cref="Dictionary"/>
    public TInterface Open<[GenerateProxy] TInterface>(string name)
        where TInterface : class => _root.Open<TInterface, TInterface>(name, ProxyContracts.For<TInterface>(typeof(TInterface).Assembly));

    /// <summary>
    /// Gives a proxy of <c>Open</c> back at once, which the collector does otherwise. The server disposes an object that its
    /// factory has created. A second call does nothing.
    /// </summary>
    /// <param name="proxy">The proxy.</param>
    /// <exception cref="ArgumentException">The object is no proxy.</exception>
    public void Release<TInterface>(TInterface proxy)
        where TInterface : class => ManagedProxy.Release(proxy);

    /// <summary>Closes the connection. The server releases what this program held. A second call does nothing.</summary>
    public void Dispose()
    {
        _owner.Close();
        _channel.Dispose();
        _channel.FailCalls();
    }

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    /// <summary>Returns the address of the server.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"manager client, {_owner.Description}";

    private TInterface Open<TInterface>(string name, ProxyContract contract)
        where TInterface : class
    {
        ProxyContracts.Register(contract);
        return _root.Open<TInterface, IReferent<TInterface>>(name, contract);
    }
}

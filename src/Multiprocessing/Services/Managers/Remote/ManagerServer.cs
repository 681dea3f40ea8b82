using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// Serves managed objects to other programs, on this machine or another one: each connects with a <see cref="ManagerClient"/>, by the server's
/// address and key. The objects live in the process of the server.
/// <para>
/// Objects have names, which the server adds; a client can open nothing else. Only values of <see cref="RegisteredTypes"/> cross, and code never
/// does. A client that closes its connection, exits or dies releases its objects, the locks that it holds and its permits of semaphores. Clients
/// cost no thread.
/// </para>
/// </summary>
/// <remarks>
/// All members are safe to call from any thread. Names may be added while the server runs. An authenticated client is trusted with the objects, not
/// with the process: it can change and empty every shared object, and use memory for what it puts into them.
/// </remarks>
/// <example>
/// <code>
/// await using var server = new ManagerServer(new() { Listener = { Key = key } });
/// server.AddDictionary&lt;string, int>("scores");
/// server.AddQueue&lt;string>("jobs", capacity: 1_000);
/// server.Start(new IPEndPoint(IPAddress.Loopback, 0));
/// Console.WriteLine(server.LocalEndPoint); // where clients connect
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class ManagerServer : IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ManagedRegistration> _registrations = new(StringComparer.Ordinal);
    private readonly ManagedObjects _objects = new();
    private readonly Dictionary<ManagedClientOwner, CallChannel> _clients = [];
    private readonly Lock _gate = new();
    private readonly ManagerServerOptions _options;
    private readonly RegisteredPayload _payload;
    private ConnectionListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Initializes a new instance of the <see cref="ManagerServer"/> class. It serves after <see cref="Start"/>.</summary>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    public ManagerServer(ManagerServerOptions? options = null)
    {
        _options = options ?? new ManagerServerOptions();
        _payload = (_options.Types ?? RegisteredTypes.Simple).Payload;
    }

    /// <summary>Gets the address on which the server listens, with the port that was chosen.</summary>
    /// <exception cref="InvalidOperationException">The server was not started.</exception>
    public EndPoint LocalEndPoint => Listener.LocalEndPoint;

    /// <summary>Gets the number of clients that are connected.</summary>
    public int ClientCount
    {
        get
        {
            lock (_gate)
            {
                return _clients.Count;
            }
        }
    }

    internal int MaxObjectsPerClient => _options.MaxObjectsPerClient;

    private ConnectionListener Listener => _listener ?? throw new InvalidOperationException("The server was not started. Call Start first.");

    /// <summary>Begins to serve.</summary>
    /// <param name="endPoint">
    /// The address: an <see cref="IPEndPoint"/>, a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>, or on Windows a named pipe.
    /// </param>
    /// <exception cref="InvalidOperationException">The server was started already.</exception>
    /// <exception cref="ObjectDisposedException">The server was disposed.</exception>
    public void Start(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_listener is not null)
            {
                throw new InvalidOperationException($"The server listens already, on {LocalEndPoint}.");
            }

            _listener = ConnectionListener.Start(endPoint, _options.Listener);
            _accepting = AcceptAll(_listener);
        }
    }

    /// <summary>Closes all connections and ends the server. Objects that factories created are disposed. A second call does nothing.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A task that completes when no connection is left.</returns>
    public async ValueTask DisposeAsync()
    {
        CallChannel[] channels;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            channels = [.. _clients.Values];
        }

        if (_listener is not null)
        {
            await _listener.DisposeAsync().ConfigureAwait(false);
        }

        Array.ForEach(channels, static channel => channel.Dispose());
        await _accepting.ConfigureAwait(false);
        _objects.Dispose();
    }

    /// <summary>Returns the address and the number of clients.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        _listener is null ? "manager server, not started" : $"manager server at {LocalEndPoint}, {ClientCount} clients";

    /// <summary>Returns what is registered under a name.</summary>
    /// <exception cref="KeyNotFoundException">Nothing is.</exception>
    internal ManagedRegistration Find(string? name) =>
        name is not null && _registrations.TryGetValue(name, out var found)
            ? found
            : throw new KeyNotFoundException(
                $"The manager has no object with the name \"{TextLimits.Cut(name ?? "", 200)}\". It has: {string.Join(", ", Names().Take(50))}.");

    internal string[] Names() => [.. _registrations.Keys.Order(StringComparer.Ordinal)];

    private async Task AcceptAll(ConnectionListener listener)
    {
        try
        {
            await foreach (var connection in listener.AcceptAllAsync().ConfigureAwait(false))
            {
                try
                {
                    Accept(connection);
                }
                catch (Exception exception)
                {
                    // One client must not end the loop for all others.
                    ManagerLog.ClientRejected(exception, connection.ToString());
                    connection.Dispose();
                }
            }
        }
        catch (Exception exception)
        {
            ManagerLog.ClientRejected(exception, "(listener)");
        }
    }

    private void Accept(Connection connection)
    {
        var transport = (SocketTransport)connection.Transport;
        transport.StallTimeout = _options.StallTimeout;
        var client = new ManagedClient(0, transport.Description);
        var owner = new ManagedClientOwner(client, _objects, null, Forget);
        var channel = new CallChannel(
            transport, _payload, new ManagerScheduler(_options.MaxCallsPerClient), owner, maxLength: _options.Listener.MaxMessageBytes);
        owner.Channel = channel;
        channel.Exports.Add(new ExportedObject(0, new ServerRoot(this, owner), ServerRootContract.Instance));
        lock (_gate)
        {
            if (_isDisposed || _clients.Count >= _options.MaxClients)
            {
                channel.Dispose();
                return;
            }

            _clients.Add(owner, channel);
        }

        // From now on the channel reads without a thread, until the connection ends.
        channel.AddInterest();
        channel.ReadInBackground();
    }

    private void Forget(ManagedClientOwner owner)
    {
        lock (_gate)
        {
            _clients.Remove(owner);
        }

        owner.Channel?.Dispose();
    }

    private void Publish(string name, ManagedRegistration registration)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_registrations.TryAdd(name, registration))
        {
            throw new ArgumentException($"The manager has an object with the name \"{name}\" already.", nameof(name));
        }
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Multiprocessing;

/// <summary>
/// Accepts connections of other programs at an address: a unix-domain socket, a TCP port or, on Windows, a named pipe. Both sides prove with an HMAC
/// that they have the same key. Framing and handshake are those of CPython's <c>multiprocessing.connection</c>, so the other side may be a Python
/// program.
/// <para>
/// Handshakes run beside each other and beside the program, without a thread for each. A client that fails, is silent or sends garbage is closed and
/// reported to <see cref="ConnectionListenerOptions.OnRejected"/>, and accepting continues. All members are thread-safe. A listener belongs to its
/// process and does not cross to others. Dispose it: a listener that is only forgotten continues to listen.
/// </para>
/// </summary>
/// <example>
/// <code>
/// await using var listener = ConnectionListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new() { Key = key });
///
/// // In another program, which has the same key:
/// using var client = await Connection.ConnectAsync(listener.LocalEndPoint, new() { Key = key });
/// client.SendBytes("page 7"u8);
///
/// using var connection = await listener.AcceptAsync(TimeSpan.FromSeconds(30));
/// byte[] request = await connection.ReceiveBytesAsync();
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class ConnectionListener : IDisposable, IAsyncDisposable
{
    private readonly ListeningLoop _loop;
    private readonly AcceptedConnections _accepted;

    private ConnectionListener(EndPoint endPoint, ConnectionListenerOptions options)
    {
        var settings = LinkSettings.Of(options, endPoint);
        _accepted = new AcceptedConnections(options.Backlog);
        _loop = new ListeningLoop(ListeningPoint.Open(endPoint, options.Backlog, settings), settings, options, _accepted);
    }

    /// <summary>Gets the address to which clients connect; of a TCP port 0 the port that the system chose.</summary>
    public EndPoint LocalEndPoint => _loop.LocalEndPoint;

    /// <summary>Gets the number of clients that were rejected, or did not complete the handshake.</summary>
    public long RejectedCount => _loop.RejectedCount;

    /// <summary>Starts to listen at an address.</summary>
    /// <param name="endPoint">
    /// A <see cref="UnixDomainSocketEndPoint"/>, an <see cref="IPEndPoint"/> (port 0 chooses a free one) or, on Windows, a
    /// <see cref="NamedPipeEndPoint"/>. The file of a unix-domain socket is created with mode 0600 and removed by <see cref="Dispose"/>; the leftover
    /// of a listener that was killed is replaced.
    /// </param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The address needs a key, which there is not, or is none for a listener; an option is out of range.
    /// </exception>
    /// <exception cref="IOException">Another process listens there, or the address cannot be opened.</exception>
    /// <exception cref="PlatformNotSupportedException">The system has no such addresses.</exception>
    public static ConnectionListener Start(EndPoint endPoint, ConnectionListenerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new ConnectionListener(endPoint, options ?? new ConnectionListenerOptions());
    }

    /// <summary>
    /// Starts to listen at an address that no other listener has: a unix-domain socket in the temp directory, on Windows a named pipe. Pass
    /// <see cref="LocalEndPoint"/> to the clients.
    /// </summary>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The address cannot be opened.</exception>
    public static ConnectionListener Start(ConnectionListenerOptions? options = null)
    {
        var name = $"mp-listener-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        EndPoint endPoint = OperatingSystem.IsWindows()
            ? new NamedPipeEndPoint(name)
            : new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), name));
        return Start(endPoint, options);
    }

    /// <summary>Waits for a client and returns the connection to it, after the handshake.</summary>
    /// <exception cref="ObjectDisposedException">The listener was disposed.</exception>
    public Connection Accept() => Accept(Timeout.InfiniteTimeSpan);

    /// <summary>Waits for a client and returns the connection to it, after the handshake.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">No client has completed the handshake in time.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The listener was disposed.</exception>
    public Connection Accept(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _accepted.Take(LimitOf(timeout), cancellationToken) ?? throw NotInTime(timeout);

    /// <summary>Waits for a client and returns the connection to it, after the handshake.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The listener was disposed.</exception>
    public ValueTask<Connection> AcceptAsync(CancellationToken cancellationToken = default) =>
        AcceptAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits for a client and returns the connection to it, after the handshake.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">No client has completed the handshake in time.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The listener was disposed.</exception>
    public async ValueTask<Connection> AcceptAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        await _accepted.TakeAsync(LimitOf(timeout), cancellationToken).ConfigureAwait(false) ?? throw NotInTime(timeout);

    /// <summary>Returns all connections as their clients complete the handshake, until the listener is disposed.</summary>
    /// <param name="cancellationToken">Ends the enumeration with an exception.</param>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async IAsyncEnumerable<Connection> AcceptAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Connection? connection;
            try
            {
                connection = await _accepted.TakeAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                yield break;
            }

            yield return connection!;
        }
    }

    /// <summary>
    /// Stops listening: the address is free and its file removed, handshakes end, and connections that were not accepted are closed. Accepted
    /// connections stay open. Calls that wait throw <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose()
    {
        _loop.Dispose();
        _accepted.End();
    }

    /// <summary>As <see cref="Dispose"/>, and waits until the handshakes have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _loop.Completion.ConfigureAwait(false);
    }

    /// <summary>Returns the address, for logs and debuggers.</summary>
    public override string ToString() => $"listener at {AddressText.Of(LocalEndPoint)}";

    private static TimeSpan LimitOf(TimeSpan timeout) =>
        Deadline.After(timeout) is { IsNever: false } deadline ? deadline.TimerDelay : Timeout.InfiniteTimeSpan;

    private TimeoutException NotInTime(TimeSpan timeout) => new(
        $"No client has connected to {AddressText.Of(LocalEndPoint)} and completed the handshake within {timeout.TotalSeconds:0.###} s; "
        + $"{RejectedCount} were rejected since the listener started.");
}

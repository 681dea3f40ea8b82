using System.Net;

namespace Multiprocessing;

public sealed partial class Connection
{
    /// <summary>Connects to a <see cref="ConnectionListener"/>, or to the <c>Listener</c> of a Python program.</summary>
    /// <param name="endPoint">
    /// The address: a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>, an <see cref="IPEndPoint"/>, a <see cref="DnsEndPoint"/> or, on
    /// Windows, a <see cref="NamedPipeEndPoint"/>.
    /// </param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The address needs a key, which there is not; an option is out of range.</exception>
    /// <exception cref="IOException">No process listens there.</exception>
    /// <exception cref="ConnectionAuthenticationException">The keys or users of the two sides differ, or TLS could not be set up.</exception>
    /// <exception cref="TimeoutException">It took longer than <see cref="ConnectionOptions.ConnectTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <exception cref="PlatformNotSupportedException">The system has no such addresses.</exception>
    public static async Task<Connection> ConnectAsync(
        EndPoint endPoint, ConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new Connection(await Connector.ConnectAsync(endPoint, options ?? new ConnectionOptions(), cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc cref="ConnectAsync"/>
    /// <remarks>The calling thread waits, and needs a thread of the thread pool meanwhile.</remarks>
    public static Connection Connect(EndPoint endPoint, ConnectionOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(endPoint, options, cancellationToken).GetAwaiter().GetResult();
}

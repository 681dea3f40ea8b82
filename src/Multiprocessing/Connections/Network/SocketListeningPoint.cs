using System.Net;
using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>A listening socket, over TCP or in the file system.</summary>
internal sealed class SocketListeningPoint : ListeningPoint
{
    private readonly Socket _socket;
    private readonly UnixSocketName? _name;

    private SocketListeningPoint(Socket socket, UnixSocketName? name, EndPoint localEndPoint)
    {
        _socket = socket;
        _name = name;
        LocalEndPoint = localEndPoint;
    }

    public override EndPoint LocalEndPoint { get; }

    public static SocketListeningPoint OpenSocket(EndPoint endPoint, int backlog, LinkSettings settings)
    {
        try
        {
            if (endPoint is UnixDomainSocketEndPoint unix)
            {
                var (bound, name) = UnixSocketName.Listen(unix, backlog, settings.AllowOtherUsers);
                return new SocketListeningPoint(bound, name, endPoint);
            }

            var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // Without ReuseAddress: the runtime lets a port whose last connections are in TIME_WAIT be used again by itself, and with that
                // option it would let another program listen at the same port.
                socket.Bind(endPoint);
                socket.Listen(backlog);
                return new SocketListeningPoint(socket, null, socket.LocalEndPoint!);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        catch (SocketException error)
        {
            throw new IOException(
                error.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"Another process listens at {AddressText.Of(endPoint)}. End it, or use another address."
                    : $"No listener can be opened at {AddressText.Of(endPoint)}: {error.Message}.",
                error);
        }
    }

    public override async Task<Peer> AcceptAsync()
    {
        var socket = await _socket.AcceptAsync().ConfigureAwait(false);
        try
        {
            return new Peer(socket, socket.RemoteEndPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The name first: a process that finds it afterwards would take it for the leftover of a dead one, which it then is.</summary>
    public override void Dispose()
    {
        _name?.Remove();
        _socket.Dispose();
    }
}

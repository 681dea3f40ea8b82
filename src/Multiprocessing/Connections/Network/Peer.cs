using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>A connected socket or pipe before it is authenticated.</summary>
internal sealed class Peer : IDisposable
{
    private readonly PipeStream? _pipe;

    /// <param name="socket">The socket, owned by this object.</param>
    /// <param name="endPoint">The listener's address for a client, the client's for a listener.</param>
    public Peer(Socket socket, EndPoint? endPoint) => (Socket, EndPoint) = (socket, endPoint);

    /// <param name="pipe">The pipe, owned by this object.</param>
    /// <param name="endPoint">The pipe's address.</param>
    public Peer(PipeStream pipe, EndPoint endPoint) => (_pipe, EndPoint) = (pipe, endPoint);

    public Socket? Socket { get; }

    public EndPoint? EndPoint { get; }

    public bool IsUnixSocket => Socket is { AddressFamily: AddressFamily.Unix };

    public ByteLink CreateLink() => Socket is not null ? new SocketLink(Socket) : new StreamLink(_pipe!);

    public SslStream CreateEncrypted() => new(new NetworkStream(Socket!, ownsSocket: true), leaveInnerStreamOpen: false);

    /// <summary>Sets up what the options say about the socket itself.</summary>
    public void Configure(LinkSettings settings)
    {
        if (Socket is not { AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 } socket)
        {
            return;
        }

        socket.NoDelay = true; // a message is one write, which must not wait for the acknowledgement of the one before
        if (settings.KeepAlive != Timeout.InfiniteTimeSpan)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Seconds(settings.KeepAlive));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Seconds(settings.KeepAlive / 4));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
        }
    }

    public void Dispose()
    {
        Socket?.Dispose();
        _pipe?.Dispose();
    }

    /// <summary>Systems count whole seconds, some of them at most 32,767.</summary>
    private static int Seconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, short.MaxValue);
}

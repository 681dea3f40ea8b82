using System.Diagnostics.CodeAnalysis;
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>A connected socket or pipe before it is authenticated.</summary>
internal sealed class Peer : IDisposable
{
    /// <summary>Unanswered questions of the keep-alive that break a connection.</summary>
    private const int Questions = 4;

    private static int _hasWarned;

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
        if (!IsTcp(out var socket))
        {
            return;
        }

        socket.NoDelay = true; // a message is one write, which must not wait for the acknowledgement of the one before
        if (settings.KeepAlive != Timeout.InfiniteTimeSpan)
        {
            KeepAlive(socket, settings.KeepAlive);
        }
    }

    /// <summary>Watches whether the other machine is still there, which the system asks only while nothing is on its way.</summary>
    public void Watch(SocketTransport transport, LinkSettings settings)
    {
        if (settings.KeepAlive != Timeout.InfiniteTimeSpan && IsTcp(out var socket))
        {
            // With the time to the next look, not longer than the keep-alive takes.
            var (time, interval) = (Seconds(settings.KeepAlive), Seconds(settings.KeepAlive / Questions));
            transport.Watch(socket, TimeSpan.FromSeconds(time + ((Questions - 1) * interval)), TimeSpan.FromSeconds(interval));
        }
    }

    public void Dispose()
    {
        Socket?.Dispose();
        _pipe?.Dispose();
    }

    private bool IsTcp([NotNullWhen(true)] out Socket? socket)
    {
        socket = Socket;
        return socket is { AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 };
    }

    /// <summary>
    /// The times are unknown to Windows before version 1709 of Windows 10, and to Wine: there the system's own times apply, and a machine that was
    /// switched off is noticed after two hours.
    /// </summary>
    private static void KeepAlive(Socket socket, TimeSpan time)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Seconds(time));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Seconds(time / Questions));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Questions);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ProtocolOption or SocketError.OperationNotSupported)
        {
            if (Interlocked.Exchange(ref _hasWarned, 1) == 0)
            {
                MultiprocessingLogging.WarnOperator("Multiprocessing.Connections", "The system does not let a program choose when a silent "
                    + $"connection is checked ({exception.SocketErrorCode}): the system's own times apply.");
            }
        }
    }

    /// <summary>Systems count whole seconds, some of them at most 32,767.</summary>
    private static int Seconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, short.MaxValue);
}

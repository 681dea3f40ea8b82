using System.Net;

namespace Multiprocessing;

/// <summary>What a listener takes connected peers from: a socket, or the instances of a named pipe.</summary>
internal abstract class ListeningPoint : IDisposable
{
    /// <summary>Gets the address to which others connect.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>
    /// The system's own queue, of connections that were not taken from it. Not shorter for a short backlog: Linux drops the last packet of a TCP
    /// handshake for which there is no room, and the client believes that it is connected until the next try, seconds later.
    /// </summary>
    private const int ShortestQueue = 128;

    /// <summary>Opens the address.</summary>
    /// <exception cref="IOException">Another process listens there, or it cannot be opened.</exception>
    public static ListeningPoint Open(EndPoint endPoint, int backlog, LinkSettings settings) =>
        endPoint is NamedPipeEndPoint pipe
            ? new PipeListeningPoint(pipe, settings)
            : SocketListeningPoint.OpenSocket(endPoint, Math.Max(backlog, ShortestQueue), settings);

    /// <summary>Returns the next peer that connects. One call at a time.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public abstract Task<Peer> AcceptAsync();

    public abstract void Dispose();
}

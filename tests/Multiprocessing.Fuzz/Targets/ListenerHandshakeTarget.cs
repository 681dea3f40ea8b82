using System.Net;
using System.Net.Sockets;

namespace Multiprocessing.Fuzz;

/// <summary>A listener's handshake with a real client: each attempt ends, only with the documented exceptions, and no listener without the key is accepted.</summary>
internal sealed class ListenerHandshakeTarget : FuzzTarget
{
    private readonly SocketFolder _folder = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public ListenerHandshakeTarget()
    {
        _socket.Bind(_folder.EndPoint);
        _socket.Listen(10);
    }

    public override IReadOnlyList<byte[]> Seeds { get; } = [HandshakeBytes.Listener];

    public override bool IsSerial => true;

    public override void Run(byte[] input)
    {
        var connecting = Connection.ConnectAsync(
            _folder.EndPoint, new ConnectionOptions { Key = HandshakeBytes.Key, ConnectTimeout = TimeSpan.FromSeconds(10), MaxMessageBytes = 1000 });
        using var peer = _socket.Accept();
        SocketFolder.TrySend(peer, input);
        peer.Shutdown(SocketShutdown.Send);
        try
        {
            if (!connecting.Wait(TimeSpan.FromSeconds(20)))
            {
                throw new InvalidOperationException("The attempt does not end.");
            }
        }
        catch (AggregateException error) when (error.InnerException is ConnectionAuthenticationException or TimeoutException or ConnectionClosedException)
        {
            return; // as documented
        }

        throw new InvalidOperationException("A listener was accepted that cannot know the digest.");
    }

    public override void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
        base.Dispose();
    }
}

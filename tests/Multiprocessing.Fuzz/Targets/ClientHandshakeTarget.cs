using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Multiprocessing.Fuzz;

/// <summary>
/// A client's handshake with a real listener over a unix-domain socket: each attempt ends, only with the documented exceptions, no changed answer is
/// accepted, and the listener serves an honest client afterwards.
/// </summary>
internal sealed class ClientHandshakeTarget : FuzzTarget
{
    private readonly ErrorLog _log = new();
    private readonly SocketFolder _folder = new();
    private readonly ConnectionListener _listener;
    private int _attempts;

    public ClientHandshakeTarget() => _listener = ConnectionListener.Start(
        _folder.EndPoint,
        new ConnectionListenerOptions { Key = HandshakeBytes.Key, HandshakeTimeout = TimeSpan.FromSeconds(10), MaxMessageBytes = 1000 });

    public override IReadOnlyList<byte[]> Seeds { get; } = [HandshakeBytes.Client];

    public override bool IsSerial => true;

    public override void Run(byte[] input)
    {
        var before = _listener.RejectedCount;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        socket.Connect(_listener.LocalEndPoint);
        var challenge = new byte[4 + 59];
        ReadExactly(socket, challenge);
        byte[] sent = [.. input];
        var digest = HMACSHA256.HashData(HandshakeBytes.Key, challenge.AsSpan(15));
        for (var i = 0; i < digest.Length && 12 + i < sent.Length; i++)
        {
            sent[12 + i] ^= digest[i]; // the recorded digest is zeros, so a change of them is one of the digest
        }

        SocketFolder.TrySend(socket, sent);
        socket.Shutdown(SocketShutdown.Send);
        using (var accepted = Outcome(before))
        {
            if (accepted is not null && !input.AsSpan().StartsWith(HandshakeBytes.Client.AsSpan(0, 44)))
            {
                throw new InvalidOperationException("A changed answer was accepted.");
            }

            if (accepted is not null)
            {
                Drain(accepted);
            }
        }

        if (++_attempts % 100 == 0)
        {
            using var honest = Connection.Connect(_listener.LocalEndPoint, new ConnectionOptions { Key = HandshakeBytes.Key });
            using var server = _listener.Accept(TimeSpan.FromSeconds(20));
        }
    }

    public override void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
        _log.Dispose();
        base.Dispose();
    }

    private Connection? Outcome(long before)
    {
        var watch = Stopwatch.StartNew();
        Connection? accepted = null;
        while (accepted is null && _listener.RejectedCount == before)
        {
            try
            {
                accepted = _listener.Accept(TimeSpan.FromMilliseconds(1));
            }
            catch (TimeoutException)
            {
                // Neither accepted nor rejected yet.
            }

            if (watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"The attempt does not end. {string.Join(Environment.NewLine, _log.Records)}");
            }
        }

        return _log.Records.IsEmpty ? accepted : throw new InvalidOperationException(string.Join(Environment.NewLine, _log.Records));
    }

    private static void Drain(Connection connection)
    {
        try
        {
            for (var i = 0; i < 100; i++)
            {
                _ = connection.ReceiveBytes(1000);
            }
        }
        catch (Exception error) when (error is ConnectionClosedException or MessageTooLargeException)
        {
            return; // as documented
        }

        throw new InvalidOperationException("More messages arrive than were sent.");
    }

    private static void ReadExactly(Socket socket, byte[] bytes)
    {
        for (var have = 0; have < bytes.Length;)
        {
            have += socket.Receive(bytes.AsSpan(have)) is > 0 and var count ? count : throw new EndOfStreamException();
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>Addresses, keys and raw sockets for the tests of connections.</summary>
internal static class Net
{
    // Of both sides, for handshakes that must succeed: longer than a thread of them may stand still.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static byte[] Key { get; } = "the key of the tests"u8.ToArray();

    public static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    /// <summary>The kinds of sockets; each test with them runs once for each.</summary>
    public static EndPoint Address(string kind, TemporaryDirectory directory)
    {
        if (kind == "tcp")
        {
            return AnyPort;
        }

        Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "The system has no unix-domain sockets.");
        return new UnixDomainSocketEndPoint(directory.File("listener"));
    }

    public static ConnectionListener Listen(EndPoint endPoint, Action<ConnectionListenerOptions>? change = null)
    {
        var options = new ConnectionListenerOptions { Key = Key, HandshakeTimeout = Patience };
        change?.Invoke(options);
        return ConnectionListener.Start(endPoint, options);
    }

    public static Task<Connection> Connect(ConnectionListener listener, Action<ConnectionOptions>? change = null)
    {
        var options = new ConnectionOptions { Key = Key, ConnectTimeout = Patience };
        change?.Invoke(options);
        return Connection.ConnectAsync(listener.LocalEndPoint, options);
    }

    public static async Task<(Connection Server, Connection Client)> Pair(ConnectionListener listener)
    {
        var client = await Connect(listener);
        return (await listener.AcceptAsync(TimeSpan.FromSeconds(20)), client);
    }

    /// <summary>A socket without any of the library's code.</summary>
    public static Socket Raw(EndPoint endPoint)
    {
        var socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(endPoint);
        socket.ReceiveTimeout = 20_000;
        return socket;
    }

    /// <summary>Reads a message as CPython frames it.</summary>
    public static byte[] ReadFrame(Socket socket)
    {
        var header = ReadExactly(socket, 4);
        return ReadExactly(socket, (header[0] << 24) | (header[1] << 16) | (header[2] << 8) | header[3]);
    }

    public static byte[] ReadExactly(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var have = 0; have < count;)
        {
            var read = socket.Receive(bytes, have, count - have, SocketFlags.None);
            have += read > 0 ? read : throw new EndOfStreamException($"The stream ended after {have} of {count} bytes.");
        }

        return bytes;
    }

    public static byte[] Frame(ReadOnlySpan<byte> message) =>
        [(byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];

    /// <summary>The client's part of the handshake of CPython 3.12, written down anew.</summary>
    public static void Authenticate(Socket socket, byte[] key)
    {
        var challenge = ReadFrame(socket);
        socket.Send(Frame([.. "{sha256}"u8, .. HMACSHA256.HashData(key, challenge.AsSpan("#CHALLENGE#".Length))]));
        if (!ReadFrame(socket).AsSpan().SequenceEqual("#WELCOME#"u8))
        {
            throw new InvalidDataException("The listener rejected the client.");
        }

        byte[] own = [.. "{sha256}"u8, .. RandomNumberGenerator.GetBytes(40)];
        socket.Send(Frame([.. "#CHALLENGE#"u8, .. own]));
        var answer = ReadFrame(socket);
        var isRight = answer.AsSpan().SequenceEqual((byte[])[.. "{sha256}"u8, .. HMACSHA256.HashData(key, own)]);
        socket.Send(Frame(isRight ? "#WELCOME#"u8 : "#FAILURE#"u8));
    }
}

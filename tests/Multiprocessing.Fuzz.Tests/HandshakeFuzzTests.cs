using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using CsCheck;
using Xunit;

namespace Multiprocessing.Fuzz.Tests;

/// <summary>
/// Mutated handshakes against a real listener and a real client over unix-domain sockets: each attempt ends, only with the documented exceptions, no
/// changed answer is accepted, and the listener serves an honest client afterwards.
/// </summary>
public class HandshakeFuzzTests
{
    private static readonly byte[] Key = "the key of the fuzzing"u8.ToArray();
    private static readonly byte[] Challenge40 = [.. "#CHALLENGE#{sha256}"u8, .. Enumerable.Range(0, 40).Select(static i => (byte)i)];

    /// <summary>What an honest client and an honest listener send. The digest over the other side's challenge is filled in by the attempt.</summary>
    private static readonly byte[] ClientTranscript =
        [.. Frame([.. "{sha256}"u8, .. new byte[32]]), .. Frame(Challenge40), .. Frame("#WELCOME#"u8), .. Frame("message"u8)];

    private static readonly byte[] ListenerTranscript =
        [.. Frame(Challenge40), .. Frame("#WELCOME#"u8), .. Frame([.. "{sha256}"u8, .. new byte[32]]), .. Frame("#WELCOME#"u8), .. Frame("message"u8)];

    [Fact]
    public void Messages_of_the_handshake() => Mutations.Of(Challenge40).Sample(
        static bytes =>
        {
            var failure = Challenge.Answer(Key, bytes, allowMd5: true, out var answer);
            if ((failure == AuthenticationFailure.None) != (answer.Length > 0) || answer.Length > Challenge.MaxLength)
            {
                throw new InvalidOperationException($"{failure} with {answer.Length} bytes");
            }

            if (Challenge.Check(Key, Challenge40, bytes, allowMd5: true) == AuthenticationFailure.None)
            {
                throw new InvalidOperationException("A forged answer was accepted.");
            }
        },
        time: FuzzTime.Seconds);

    [Fact]
    public void Clients()
    {
        using var log = new ErrorLog();
        using var folder = new Folder();
        using var listener = ConnectionListener.Start(
            new UnixDomainSocketEndPoint(folder.File("l")), new ConnectionListenerOptions { Key = Key, HandshakeTimeout = TimeSpan.FromMilliseconds(300), MaxMessageBytes = 1000 });
        var attempts = 0;
        Mutations.Of(ClientTranscript).Sample(
            bytes =>
            {
                var before = listener.RejectedCount;
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
                socket.Connect(listener.LocalEndPoint);
                var challenge = new byte[4 + 59];
                ReadExactly(socket, challenge);
                byte[] sent = [.. bytes];
                var digest = HMACSHA256.HashData(Key, challenge.AsSpan(15));
                for (var i = 0; i < digest.Length && 12 + i < sent.Length; i++)
                {
                    sent[12 + i] ^= digest[i]; // the recorded digest is zeros, so a change of them is one of the digest
                }

                TrySend(socket, sent);
                socket.Shutdown(SocketShutdown.Send);
                var watch = Stopwatch.StartNew();
                Connection? accepted = null;
                while (accepted is null && listener.RejectedCount == before)
                {
                    accepted = TryAccept(listener);
                    if (watch.Elapsed > TimeSpan.FromSeconds(20))
                    {
                        throw new TimeoutException($"The attempt does not end: {Convert.ToHexString(bytes)}. {string.Join(Environment.NewLine, log.Records)}");
                    }
                }

                if (!log.Records.IsEmpty)
                {
                    throw new InvalidOperationException(string.Join(Environment.NewLine, log.Records));
                }

                using (accepted)
                {
                    if (accepted is not null && !bytes.AsSpan().StartsWith(ClientTranscript.AsSpan(0, 44)))
                    {
                        throw new InvalidOperationException("A changed answer was accepted.");
                    }

                    if (accepted is not null)
                    {
                        Drain(accepted);
                    }
                }

                if (++attempts % 100 == 0)
                {
                    using var honest = Connection.Connect(listener.LocalEndPoint, new ConnectionOptions { Key = Key });
                    using var server = listener.Accept(TimeSpan.FromSeconds(20));
                }
            },
            time: FuzzTime.Seconds,
            threads: 1);
    }

    [Fact]
    public void Listeners()
    {
        using var folder = new Folder();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder.File("l")));
        socket.Listen(10);
        Mutations.Of(ListenerTranscript).Sample(
            bytes =>
            {
                var connecting = Connection.ConnectAsync(
                    new UnixDomainSocketEndPoint(folder.File("l")), new ConnectionOptions { Key = Key, ConnectTimeout = TimeSpan.FromMilliseconds(300), MaxMessageBytes = 1000 });
                using var peer = socket.Accept();
                TrySend(peer, bytes);
                peer.Shutdown(SocketShutdown.Send);
                try
                {
                    if (!connecting.Wait(TimeSpan.FromSeconds(20)))
                    {
                        throw new InvalidOperationException("The attempt does not end.");
                    }

                    throw new InvalidOperationException("A listener was accepted that cannot know the digest.");
                }
                catch (AggregateException error) when (error.InnerException is ConnectionAuthenticationException or TimeoutException or ConnectionClosedException)
                {
                    // As documented.
                }
            },
            time: FuzzTime.Seconds,
            threads: 1);
    }

    private static void Drain(Connection connection)
    {
        try
        {
            for (var i = 0; i < 100; i++)
            {
                _ = connection.ReceiveBytes(1000);
            }

            throw new InvalidOperationException("More messages arrive than were sent.");
        }
        catch (Exception error) when (error is ConnectionClosedException or MessageTooLargeException)
        {
            // As documented.
        }
    }

    private static Connection? TryAccept(ConnectionListener listener)
    {
        try
        {
            return listener.Accept(TimeSpan.FromMilliseconds(1));
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static void TrySend(Socket socket, byte[] bytes)
    {
        try
        {
            socket.Send(bytes);
        }
        catch (SocketException)
        {
            // The other side has closed after the first bytes.
        }
    }

    private static void ReadExactly(Socket socket, byte[] bytes)
    {
        for (var have = 0; have < bytes.Length;)
        {
            have += socket.Receive(bytes.AsSpan(have)) is > 0 and var count ? count : throw new EndOfStreamException();
        }
    }

    private static byte[] Frame(ReadOnlySpan<byte> message) => [0, 0, 0, (byte)message.Length, .. message];

    private sealed class Folder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("mp-fuzz-").FullName;

        public string File(string name) => Path.Combine(_path, name);

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}

using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>CPython's own tests of listeners and clients, carried over by meaning; docs/internals/cpython-tests.md lists them.</summary>
public class CpythonListenerTests : ProcessTest
{
    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    public void Listener_test_multiple_bind(string kind)
    {
        using var directory = new TemporaryDirectory();
        using var listener = Net.Listen(Net.Address(kind, directory));
        Should.Throw<IOException>(() => Net.Listen(listener.LocalEndPoint)).Message.ShouldContain("Another process listens");
    }

    [Fact]
    public Task Listener_test_context() => Watchdog.Run(() =>
    {
        var listener = ConnectionListener.Start();
        using (listener)
        using (var client = Connection.Connect(listener.LocalEndPoint))
        using (var server = listener.Accept())
        {
            client.SendBytes(BitConverter.GetBytes(1729));
            BitConverter.ToInt32(server.ReceiveBytes()).ShouldBe(1729);
        }

        Should.Throw<ObjectDisposedException>(() => listener.Accept());
    });

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    public Task ListenerClient_test_listener_client(string kind) => Watchdog.Run(() =>
    {
        using var directory = new TemporaryDirectory();
        using var listener = Net.Listen(Net.Address(kind, directory));
        using var client = RunClient(listener);
        using var server = listener.Accept(TimeSpan.FromSeconds(60));
        server.ReceiveBytes().ShouldBe("hello"u8.ToArray());
        client.Join();
        Should.Throw<ConnectionClosedException>(() => server.ReceiveBytes());
    });

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    public Task ListenerClient_test_issue14725(string kind) => Watchdog.Run(() =>
    {
        // The client has connected, written and ended before its connection is accepted.
        using var directory = new TemporaryDirectory();
        using var listener = Net.Listen(Net.Address(kind, directory));
        using var client = RunClient(listener);
        client.Join();
        using var server = listener.Accept(TimeSpan.FromSeconds(60));
        server.ReceiveBytes().ShouldBe("hello"u8.ToArray());
    });

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    public Task ListenerClient_test_issue16955(string kind) => Watchdog.Run(async () =>
    {
        using var directory = new TemporaryDirectory();
        using var listener = Net.Listen(Net.Address(kind, directory));
        var (server, client) = await Net.Pair(listener);
        using (client)
        {
            server.SendBytes("hello"u8);
            client.Poll(TimeSpan.FromSeconds(20)).ShouldBeTrue();
            server.Dispose();
            client.ReceiveBytes().ShouldBe("hello"u8.ToArray());
            client.Poll(TimeSpan.FromSeconds(20)).ShouldBeTrue(); // the end is something to receive
        }
    });

    private static ChildProcess RunClient(ConnectionListener listener)
    {
        var path = listener.LocalEndPoint is UnixDomainSocketEndPoint unix ? unix.ToString() : null;
        var port = (listener.LocalEndPoint as System.Net.IPEndPoint)?.Port ?? 0;
        var key = Net.Key;
        return ChildProcess.Run(() =>
        {
            System.Net.EndPoint address = path is not null ? new UnixDomainSocketEndPoint(path) : new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port);
            using var connection = Connection.Connect(address, new ConnectionOptions { Key = key });
            connection.SendBytes("hello"u8);
        });
    }
}

using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>
/// The code for named pipes. Elsewhere than on Windows the runtime makes them of unix-domain sockets, so everything but the rights of users is tested
/// there too, below the public face, which refuses their addresses.
/// </summary>
public class NamedPipeTests
{
    [Fact]
    public Task Handshake_and_messages_of_all_sizes() => Watchdog.Run(async () =>
    {
        var endPoint = new NamedPipeEndPoint($"mp-test-{Guid.NewGuid():N}");
        EndPoint anyEndPoint = OperatingSystem.IsWindows() ? endPoint : new UnixDomainSocketEndPoint("unused");
        var listening = LinkSettings.Of(new ConnectionListenerOptions { Key = Net.Key }, anyEndPoint);
        using var point = new PipeListeningPoint(endPoint, listening);
        for (var i = 0; i < 3; i++)
        {
            var accepting = point.AcceptAsync();
            var pipe = new NamedPipeClientStream(".", endPoint.Name, PipeDirection.InOut, PipeOptions.Asynchronous);
            await pipe.ConnectAsync(20_000);
            var peer = await accepting;
            var server = Handshake.RunAsync(peer, listening, Deadline.After(TimeSpan.FromSeconds(20)), default);
            var connecting = LinkSettings.Of(new ConnectionOptions { Key = Net.Key }, anyEndPoint);
            using var client = new Connection(await Handshake.RunAsync(new Peer(pipe, endPoint), connecting, Deadline.After(TimeSpan.FromSeconds(20)), default));
            using var accepted = new Connection(await server);
            var echo = Task.Run(async () =>
            {
                for (var round = 0; round < 4; round++)
                {
                    accepted.SendBytes(await accepted.ReceiveBytesAsync());
                }
            });
            foreach (var length in (int[])[0, 5, 70_000, 2_000_000])
            {
                var message = new byte[length];
                new Random(length).NextBytes(message);
                client.SendBytes(message);
                client.ReceiveBytes().AsSpan().SequenceEqual(message).ShouldBeTrue();
            }

            await echo;
            client.ToString().ShouldContain(endPoint.Name);
            Should.Throw<TimeoutException>(() => client.ReceiveBytes(TimeSpan.FromMilliseconds(20)));
            accepted.Dispose();
            Should.Throw<ConnectionClosedException>(() => client.ReceiveBytes());
        }
    });

    /// <summary>Of Windows: a client that opens an instance and closes it while nothing waits at it breaks the next wait.</summary>
    [Fact]
    public Task A_client_that_goes_while_the_listener_has_no_room_does_not_keep_the_next_one_out() => Watchdog.Run(async () =>
    {
        var endPoint = new NamedPipeEndPoint($"mp-test-{Guid.NewGuid():N}");
        EndPoint anyEndPoint = OperatingSystem.IsWindows() ? endPoint : new UnixDomainSocketEndPoint("unused");
        var options = new ConnectionListenerOptions { Key = Net.Key, Backlog = 1, HandshakeTimeout = TimeSpan.FromSeconds(60) };
        var listening = LinkSettings.Of(options, anyEndPoint);
        var connecting = LinkSettings.Of(new ConnectionOptions { Key = Net.Key }, anyEndPoint);
        var accepted = new AcceptedConnections(options.Backlog);
        using var loop = new ListeningLoop(new PipeListeningPoint(endPoint, listening), listening, options, accepted);
        using var first = new Connection(await Connect(endPoint, connecting)); // waits to be accepted: there is no room for more
        await (await Open(endPoint)).DisposeAsync(); // to the wait for a client that has begun already
        await (await Open(endPoint)).DisposeAsync(); // to no wait
        using var second = accepted.Take(TimeSpan.FromSeconds(20), default).ShouldNotBeNull();
        using var third = new Connection(await Connect(endPoint, connecting));
        using var fourth = accepted.Take(TimeSpan.FromSeconds(20), default).ShouldNotBeNull();
        third.Send(3);
        fourth.Receive<int>(TimeSpan.FromSeconds(20)).ShouldBe(3);
        loop.Dispose();
        await loop.Completion;
    });

    [Fact]
    public Task An_instance_whose_wait_has_failed_is_replaced() => Watchdog.Run(async () =>
    {
        var endPoint = new NamedPipeEndPoint($"mp-test-{Guid.NewGuid():N}");
        var opened = new List<NamedPipeServerStream>();
        using var point = new PipeListeningPoint(endPoint, first => Track(opened, endPoint, first));
        await opened[0].DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(point.AcceptAsync);
        var accepting = point.AcceptAsync();
        using var client = await Open(endPoint);
        using var peer = await accepting;
        opened.Count.ShouldBe(3); // the broken one, that of the client, and the next one
    });

    [Fact]
    public Task A_listener_goes_on_when_the_system_had_no_instance_for_the_next_client() => Watchdog.Run(async () =>
    {
        var endPoint = new NamedPipeEndPoint($"mp-test-{Guid.NewGuid():N}");
        var opened = new List<NamedPipeServerStream>();
        var isShort = true;
        using var point = new PipeListeningPoint(
            endPoint, first => first == PipeOptions.None && isShort ? throw new IOException("no more") : Track(opened, endPoint, first));
        var failing = point.AcceptAsync();
        using var lost = await Open(endPoint);
        (await Should.ThrowAsync<IOException>(() => failing)).Message.ShouldBe("no more");
        await Should.ThrowAsync<IOException>(point.AcceptAsync);
        isShort = false;
        var accepting = point.AcceptAsync();
        using var client = await Open(endPoint);
        using var peer = await accepting;
        lost.ReadByte().ShouldBe(-1); // its instance was replaced
    });

    [Fact]
    public void Their_addresses_are_refused_where_there_are_none()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has them.");
        Should.Throw<PlatformNotSupportedException>(static () => ConnectionListener.Start(new NamedPipeEndPoint("x"))).Message.ShouldContain("UnixDomainSocketEndPoint");
        Should.Throw<ArgumentException>(static () => new NamedPipeEndPoint(@"a\b"));
    }

    private static async Task<SocketTransport> Connect(NamedPipeEndPoint endPoint, LinkSettings settings) =>
        await Handshake.RunAsync(new Peer(await Open(endPoint), endPoint), settings, Deadline.After(TimeSpan.FromSeconds(20)), default);

    private static async Task<NamedPipeClientStream> Open(NamedPipeEndPoint endPoint)
    {
        var pipe = new NamedPipeClientStream(".", endPoint.Name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(20_000);
        return pipe;
    }

    private static NamedPipeServerStream Track(List<NamedPipeServerStream> opened, NamedPipeEndPoint endPoint, PipeOptions first)
    {
        opened.Add(new NamedPipeServerStream(
            endPoint.Name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous | first));
        return opened[^1];
    }
}

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

    [Fact]
    public void Their_addresses_are_refused_where_there_are_none()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has them.");
        Should.Throw<PlatformNotSupportedException>(static () => ConnectionListener.Start(new NamedPipeEndPoint("x"))).Message.ShouldContain("UnixDomainSocketEndPoint");
        Should.Throw<ArgumentException>(static () => new NamedPipeEndPoint(@"a\b"));
    }
}

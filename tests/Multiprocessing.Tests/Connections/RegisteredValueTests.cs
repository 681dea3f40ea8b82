using System.Net;
using System.Runtime.Serialization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>Values over sockets: only types that both sides registered.</summary>
public sealed class RegisteredValueTests
{
    private static readonly byte[] Key = "a key of the test"u8.ToArray();

    [Fact]
    public Task Values_of_registered_types_cross() => Watchdog.Run(async () =>
    {
        var (client, server) = await Pair(new RegisteredTypes().Register<Reading>());
        using (client)
        using (server)
        {
            client.Send(new Reading("room", [1.5, double.NaN]));
            client.Send(42);
            await client.SendAsync("text");
            server.Receive<Reading>().Values.ShouldBe([1.5, double.NaN]);
            (await server.ReceiveAsync<int>()).ShouldBe(42);
            server.TryReceive<string>(out var text, TimeSpan.FromSeconds(30)).ShouldBeTrue();
            text.ShouldBe("text");
            server.TryReceive<int>(out _).ShouldBeFalse();
            server.Send(new List<Reading> { new("a", []) });
            client.Receive<List<Reading>>().Count.ShouldBe(1);
        }
    });

    [Fact]
    public Task Other_types_are_refused_on_both_sides() => Watchdog.Run(async () =>
    {
        var (client, server) = await Pair(new RegisteredTypes().Register<Reading>());
        using (client)
        using (server)
        {
            Should.Throw<NotSerializableException>(() => client.Send(new Secret(1)));
            Should.Throw<NotSerializableException>(() => client.Send<Func<int>>(static () => 1));
            Should.Throw<NotSerializableException>(() => client.Send<object>(1));
            client.SendBytes([9, (byte)'{', (byte)'}']);
            Should.Throw<SerializationException>(() => server.Receive<Reading>());
            client.SendBytes([2, (byte)'{', (byte)'}']);
            Should.Throw<NotSerializableException>(() => server.Receive<Secret>());
            client.Send(5);
            server.Receive<int>().ShouldBe(5);
        }
    });

    [Fact]
    public Task Without_types_only_bytes_cross() => Watchdog.Run(async () =>
    {
        var (client, server) = await Pair(null);
        using (client)
        using (server)
        {
            Should.Throw<NotSupportedException>(() => client.Send(1)).Message.ShouldContain("Types");
            Should.Throw<NotSupportedException>(() => server.Receive<int>());
            client.SendBytes([1]);
            server.ReceiveBytes().ShouldBe([1]);
            client.Dispose();
            Should.Throw<ConnectionClosedException>(() => server.ReceiveBytes());
        }
    });

    private static async Task<(Connection Client, Connection Server)> Pair(RegisteredTypes? types)
    {
        await using var listener = ConnectionListener.Start(
            new IPEndPoint(IPAddress.Loopback, 0), new ConnectionListenerOptions { Key = Key, Types = types });
        var accepted = listener.AcceptAsync();
        var client = await Connection.ConnectAsync(listener.LocalEndPoint, new ConnectionOptions { Key = Key, Types = types });
        return (client, await accepted);
    }

    public sealed record Reading(string Name, double[] Values);

    public sealed record Secret(int Value);
}

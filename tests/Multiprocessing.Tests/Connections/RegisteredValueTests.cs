using System.Net;
using System.Runtime.Serialization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>Values over sockets: only types that both sides registered.</summary>
public sealed class RegisteredValueTests
{
    private static readonly byte[] Key = "a key of the test"u8.ToArray();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
            server.ReceiveBytes().Length.ShouldBe(3); // the refusal took nothing
            client.Send(5);
            server.Receive<int>().ShouldBe(5);
        }
    });

    [Fact]
    public Task Without_types_simple_values_and_bytes_cross() => Watchdog.Run(async () =>
    {
        var (client, server) = await Pair(null);
        using (client)
        using (server)
        {
            client.Send(1);
            await client.SendAsync<string?>("text");
            client.Send<string?>(null);
            client.Send<int?>(null);
            client.Send<int[]>([1, 2]);
            client.Send<string?[]>(["a", null]);
            client.Send<byte[][]>([[1], []]);
            client.Send(DateTime.MaxValue);
            server.Receive<int>().ShouldBe(1);
            (await server.ReceiveAsync<string?>()).ShouldBe("text");
            server.Receive<string?>().ShouldBeNull();
            server.Receive<int?>().ShouldBeNull();
            server.Receive<int[]>().ShouldBe([1, 2]);
            server.Receive<string?[]>().ShouldBe(["a", null]);
            server.Receive<byte[][]>().ShouldBe([[1], []]);
            server.TryReceive<DateTime>(out var time, TimeSpan.FromSeconds(30)).ShouldBeTrue();
            time.ShouldBe(DateTime.MaxValue);
            client.SendBytes([1]);
            server.ReceiveBytes().ShouldBe([1]);
            client.Dispose();
            Should.Throw<ConnectionClosedException>(() => server.Receive<int>());
        }
    });

    [Fact]
    public Task Without_types_others_are_refused_with_the_path_and_the_way_out() => Watchdog.Run(async () =>
    {
        var (client, server) = await Pair(null);
        using (client)
        using (server)
        {
            var error = Should.Throw<NotSerializableException>(() => client.Send(new Secret(1)));
            error.Culprit.ShouldBe(typeof(Secret));
            error.Suggestion.ShouldContain("Register<Secret>()");
            error.Suggestion.ShouldContain("Types");
            Should.Throw<NotSerializableException>(() => client.Send<Secret[]>([])).Path.ShouldContain("value -> item");
            Should.Throw<NotSerializableException>(() => client.Send<List<int>>([1])).Suggestion.ShouldContain("new RegisteredTypes()");
            Should.Throw<NotSerializableException>(() => server.Receive<Secret>()); // without a message
            await Should.ThrowAsync<NotSerializableException>(async () => await server.ReceiveAsync<object>());
            client.Send(2);
            server.Receive<int>().ShouldBe(2);
        }
    });

    [Fact]
    public Task Simple_values_are_the_same_whether_or_not_the_other_side_has_types() => Watchdog.Run(async () =>
    {
        var options = new ConnectionListenerOptions { Key = Key, Types = new RegisteredTypes().Register<Reading>(), HandshakeTimeout = Patience };
        await using var listener = ConnectionListener.Start(new IPEndPoint(IPAddress.Loopback, 0), options);
        using var client = await Connection.ConnectAsync(listener.LocalEndPoint, new ConnectionOptions { Key = Key, ConnectTimeout = Patience });
        using var server = await listener.AcceptAsync();
        client.Send<double[]>([1.5, double.NaN]);
        server.Receive<double[]>().ShouldBe([1.5, double.NaN]);
        server.Send<byte[]?>([1, 2]);
        client.Receive<byte[]?>().ShouldBe([1, 2]);
    });

    private static async Task<(Connection Client, Connection Server)> Pair(RegisteredTypes? types)
    {
        await using var listener = ConnectionListener.Start(
            new IPEndPoint(IPAddress.Loopback, 0), new ConnectionListenerOptions { Key = Key, Types = types, HandshakeTimeout = Patience });
        var accepted = listener.AcceptAsync();
        var options = new ConnectionOptions { Key = Key, Types = types, ConnectTimeout = Patience };
        var client = await Connection.ConnectAsync(listener.LocalEndPoint, options);
        return (client, await accepted);
    }

    public sealed record Reading(string Name, double[] Values);

    public sealed record Secret(int Value);
}

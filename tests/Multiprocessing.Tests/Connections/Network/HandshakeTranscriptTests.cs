using System.Net.Sockets;
using System.Security.Cryptography;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>
/// The bytes of both directions of the handshake of CPython 3.12 to 3.14, as its multiprocessing/connection.py writes and reads them. A raw socket is the
/// other side; docs/internals/handshake.md has the same table.
/// </summary>
public class HandshakeTranscriptTests
{
    private static readonly byte[] OwnChallenge = [.. "{sha256}"u8, .. Enumerable.Range(100, 40).Select(static i => (byte)i)];

    [Fact]
    public Task A_client_of_3_12_and_a_listener() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        using var python = Net.Raw(listener.LocalEndPoint);

        // Listener to client: 0000003b "#CHALLENGE#{sha256}" and 40 random bytes.
        var challenge = Net.ReadExactly(python, 4 + 59);
        challenge[..23].ShouldBe([0, 0, 0, 0x3b, .. "#CHALLENGE#{sha256}"u8]);

        // Client to listener: 00000028 "{sha256}" and the HMAC over "{sha256}" and those bytes.
        python.Send([0, 0, 0, 0x28, .. "{sha256}"u8, .. HMACSHA256.HashData(Net.Key, challenge.AsSpan(15))]);
        Net.ReadExactly(python, 4 + 9).ShouldBe([0, 0, 0, 9, .. "#WELCOME#"u8]);

        // Then the same the other way.
        python.Send([0, 0, 0, 0x3b, .. "#CHALLENGE#"u8, .. OwnChallenge]);
        Net.ReadExactly(python, 4 + 40).ShouldBe([0, 0, 0, 0x28, .. "{sha256}"u8, .. HMACSHA256.HashData(Net.Key, OwnChallenge)]);

        // The first message may be in the same packet as the last one of the handshake.
        python.Send([0, 0, 0, 9, .. "#WELCOME#"u8, 0, 0, 0, 2, .. "hi"u8]);
        using var connection = await listener.AcceptAsync(TimeSpan.FromSeconds(20));
        connection.ReceiveBytes().ShouldBe("hi"u8.ToArray());
        connection.SendBytes("you"u8);
        Net.ReadExactly(python, 7).ShouldBe([0, 0, 0, 3, .. "you"u8]);
    });

    [Fact]
    public Task A_listener_of_3_12_and_a_connection() => Watchdog.Run(async () =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(Net.AnyPort);
        socket.Listen(1);
        var connecting = Connection.ConnectAsync(socket.LocalEndPoint!, new ConnectionOptions { Key = Net.Key, ConnectTimeout = TimeSpan.FromSeconds(60) });
        using var python = await socket.AcceptAsync();
        python.Send([0, 0, 0, 0x3b, .. "#CHALLENGE#"u8, .. OwnChallenge]);
        Net.ReadExactly(python, 4 + 40).ShouldBe([0, 0, 0, 0x28, .. "{sha256}"u8, .. HMACSHA256.HashData(Net.Key, OwnChallenge)]);
        python.Send([0, 0, 0, 9, .. "#WELCOME#"u8]);
        var challenge = Net.ReadExactly(python, 4 + 59);
        challenge[..23].ShouldBe([0, 0, 0, 0x3b, .. "#CHALLENGE#{sha256}"u8]);
        python.Send([0, 0, 0, 0x28, .. "{sha256}"u8, .. HMACSHA256.HashData(Net.Key, challenge.AsSpan(15))]);
        Net.ReadExactly(python, 4 + 9).ShouldBe([0, 0, 0, 9, .. "#WELCOME#"u8]);
        using var connection = await connecting;
        connection.SendBytes("hi"u8);
        Net.ReadExactly(python, 6).ShouldBe([0, 0, 0, 2, .. "hi"u8]);
    });

    [Fact]
    public Task A_client_with_another_key_gets_the_failure_message_before_the_end() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        using var python = Net.Raw(listener.LocalEndPoint);
        var challenge = Net.ReadFrame(python);
        python.Send(Net.Frame([.. "{sha256}"u8, .. HMACSHA256.HashData("another"u8, challenge.AsSpan(11))]));
        Net.ReadExactly(python, 4 + 9).ShouldBe([0, 0, 0, 9, .. "#FAILURE#"u8]);
        python.Receive(new byte[1]).ShouldBe(0);
    });

    /// <summary>deliver_challenge and answer_challenge of CPython's OtherTest.</summary>
    [Fact]
    public Task A_listener_that_cannot_answer_the_clients_challenge_is_rejected() => Watchdog.Run(async () =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(Net.AnyPort);
        socket.Listen(1);
        var connecting = Connection.ConnectAsync(socket.LocalEndPoint!, new ConnectionOptions { Key = Net.Key, ConnectTimeout = TimeSpan.FromSeconds(60) });
        using var impostor = await socket.AcceptAsync();
        impostor.Send(Net.Frame([.. "#CHALLENGE#"u8, .. OwnChallenge]));
        _ = Net.ReadFrame(impostor);
        impostor.Send(Net.Frame("#WELCOME#"u8)); // it lies: it does not know whether the answer is right
        _ = Net.ReadFrame(impostor);
        impostor.Send(Net.Frame("something bogus"u8));
        Net.ReadFrame(impostor).ShouldBe("#FAILURE#"u8.ToArray());
        var error = await Should.ThrowAsync<ConnectionAuthenticationException>(() => connecting);
        error.Reason.ShouldBe(AuthenticationFailure.Protocol);
        error.WasFoundHere.ShouldBeTrue();
    });

    [Fact]
    public Task A_challenge_that_is_none_gets_no_answer() => Watchdog.Run(async () =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(Net.AnyPort);
        socket.Listen(1);
        var connecting = Connection.ConnectAsync(socket.LocalEndPoint!, new ConnectionOptions { Key = Net.Key, ConnectTimeout = TimeSpan.FromSeconds(60) });
        using var other = await socket.AcceptAsync();
        other.Send(Net.Frame("something bogus"u8));
        (await Should.ThrowAsync<ConnectionAuthenticationException>(() => connecting)).Reason.ShouldBe(AuthenticationFailure.Protocol);
        other.ReceiveTimeout = 20_000;
        other.Receive(new byte[100]).ShouldBe(0);
    });
}

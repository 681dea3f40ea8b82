using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>Clients that are slow, silent, broken or hostile cost the listener one small buffer and one time-out each.</summary>
public class HostilePeerTests : ProcessTest
{
    public static TheoryData<string, byte[]> Garbage() => new()
    {
        { "HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray() },
        { "a negative length", [0xff, 0xff, 0xff, 0xfe, 1, 2, 3] },
        { "a long length", [0x7f, 0xff, 0xff, 0xff] },
        { "a 64-bit length", [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0] },
        { "a length above all", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] },
        { "257 bytes", Net.Frame(new byte[257]) },
        { "an empty message", Net.Frame([]) },
        { "256 bytes", Net.Frame(new byte[256]) },
        { "the failure message", Net.Frame("#FAILURE#"u8) },
        { "the welcome message", Net.Frame("#WELCOME#"u8) },
        { "an old answer", Net.Frame(new byte[16]) },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public Task Garbage_is_rejected_at_once_and_the_next_client_is_served(string what, byte[] bytes) => Watchdog.Run(async () =>
    {
        var rejected = new TaskCompletionSource<ConnectionAuthenticationException>();
        await using var listener = Net.Listen(
            Net.AnyPort,
            options =>
            {
                options.HandshakeTimeout = TimeSpan.FromMinutes(5); // so that it is not the time-out which ends it
                options.OnRejected = error => rejected.TrySetResult(error);
            });
        using var raw = Net.Raw(listener.LocalEndPoint);
        raw.Send(bytes);
        var error = await rejected.Task;
        error.Reason.ShouldBeOneOf(AuthenticationFailure.Protocol, AuthenticationFailure.Closed, AuthenticationFailure.Digest, AuthenticationFailure.Key);
        error.EndPoint.ShouldBe(raw.LocalEndPoint, what);
        var (server, client) = await Net.Pair(listener);
        server.Dispose();
        client.Dispose();
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(20)]
    public Task A_client_that_leaves_in_the_middle_is_rejected(int sent) => Watchdog.Run(async () =>
    {
        var rejected = new TaskCompletionSource<ConnectionAuthenticationException>();
        await using var listener = Net.Listen(
            Net.AnyPort,
            options =>
            {
                options.HandshakeTimeout = TimeSpan.FromMinutes(5);
                options.OnRejected = error => rejected.TrySetResult(error);
            });
        using (var raw = Net.Raw(listener.LocalEndPoint))
        {
            raw.Send(Net.Frame(new byte[40])[..sent]);
            _ = Net.ReadFrame(raw);
            raw.Shutdown(SocketShutdown.Send);
            (await rejected.Task).Reason.ShouldBe(AuthenticationFailure.Closed);
        }
    });

    [Theory]
    [InlineData("silent")]
    [InlineData("dripping")]
    [InlineData("half open")]
    public Task A_silent_or_slow_client_is_ended_by_the_time_out_of_the_handshake(string kind) => Watchdog.Run(async () =>
    {
        var rejected = new TaskCompletionSource<ConnectionAuthenticationException>();
        await using var listener = Net.Listen(
            Net.AnyPort,
            options =>
            {
                options.HandshakeTimeout = TimeSpan.FromMilliseconds(400);
                options.OnRejected = error => rejected.TrySetResult(error);
            });
        using var raw = Net.Raw(listener.LocalEndPoint);
        if (kind == "half open")
        {
            raw.Send([0, 0, 0]);
        }

        for (byte i = 0; kind == "dripping" && !rejected.Task.IsCompleted; i++)
        {
            try
            {
                raw.Send(i < 3 ? [0] : i == 3 ? [200] : [i]);
            }
            catch (SocketException)
            {
                break; // it was closed
            }

            await Task.Delay(50); // the message that it promises would take ten seconds
        }

        (await rejected.Task).Reason.ShouldBe(AuthenticationFailure.TimedOut);
        raw.Receive(new byte[100]); // the challenge
        Eventually.Is(() => raw.Poll(0, SelectMode.SelectRead) && raw.Available == 0, "the connection is closed");
    });

    [Fact]
    public Task Silent_clients_make_room_for_honest_ones_long_before_their_time_out() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(
            Net.AnyPort,
            static options =>
            {
                options.MaxPendingHandshakes = 4;
                options.HandshakeTimeout = TimeSpan.FromMinutes(5);
            });
        var silent = Enumerable.Range(0, 8).Select(_ => Net.Raw(listener.LocalEndPoint)).ToList();
        for (var i = 0; i < 3; i++)
        {
            var (server, client) = await Net.Pair(listener);
            server.Dispose();
            client.Dispose();
        }

        listener.RejectedCount.ShouldBeInRange(4, 8);
        silent.ForEach(static socket => socket.Dispose());
    });

    [Fact]
    public Task A_claimed_length_allocates_nothing_until_the_bytes_arrive() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort, static options => options.MaxMessageBytes = long.MaxValue);
        using var raw = Net.Raw(listener.LocalEndPoint);
        Net.Authenticate(raw, Net.Key);
        using var connection = await listener.AcceptAsync(TimeSpan.FromSeconds(20));
        var before = PrivateMemory();
        raw.Send([0x7f, 0xff, 0, 0]); // nearly 2 GiB
        raw.Send(new byte[1000]);
        var receiving = connection.ReceiveBytesAsync().AsTask();
        await Task.Delay(300);
        receiving.IsCompleted.ShouldBeFalse();
        (PrivateMemory() - before).ShouldBeLessThan(100L << 20);
        raw.Dispose();
        (await Should.ThrowAsync<ConnectionClosedException>(() => receiving)).Message.ShouldContain("in the middle of a message");
    });

    [Fact]
    public Task A_message_above_the_limit_of_the_connection_is_refused_without_being_read() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort, static options => options.MaxMessageBytes = 1000);
        var (server, client) = await Net.Pair(listener);
        using (server)
        using (client)
        {
            client.SendBytes(new byte[1000]);
            server.ReceiveBytes().Length.ShouldBe(1000);
            client.SendBytes(new byte[1001]);
            var error = Should.Throw<MessageTooLargeException>(() => server.ReceiveBytes());
            error.Length.ShouldBe(1001);
            error.Limit.ShouldBe(1000);
        }
    });

    [Fact]
    public Task Garbage_after_the_handshake_ends_the_connection_with_an_error() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        using var raw = Net.Raw(listener.LocalEndPoint);
        Net.Authenticate(raw, Net.Key);
        using var connection = await listener.AcceptAsync(TimeSpan.FromSeconds(20));
        raw.Send([.. Net.Frame("good"u8), 0x80, 0, 0, 0]);
        connection.ReceiveBytes().ShouldBe("good"u8.ToArray());
        Should.Throw<ConnectionClosedException>(() => connection.ReceiveBytes()).Message.ShouldContain("negative length");
        Should.Throw<ConnectionClosedException>(() => connection.ReceiveBytes());
    });

    private static long PrivateMemory()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PrivateMemorySize64;
    }
}

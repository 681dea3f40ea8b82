using System.Diagnostics;
using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>How waits at a connection over a socket end: by a message, a deadline, a token, the other side, or the disposal.</summary>
public class SocketWaitTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_receive_ends_in_time_and_keeps_what_has_arrived_of_a_message(bool isLong) => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        using var raw = Net.Raw(listener.LocalEndPoint);
        Net.Authenticate(raw, Net.Key);
        using var server = await listener.AcceptAsync();
        var message = new byte[isLong ? 300_000 : 1000];
        new Random(1).NextBytes(message);
        var frame = Net.Frame(message);
        using var source = new CancellationTokenSource();
        foreach (var part in frame.Chunk((frame.Length / 6) + 1))
        {
            Outcome(server, TimeSpan.FromMilliseconds(10)).ShouldBe(ReceiveOutcome.TimedOut);
            (await OutcomeAsync(server, TimeSpan.FromMilliseconds(10), source.Token)).ShouldBe(ReceiveOutcome.TimedOut);
            Outcome(server, TimeSpan.FromMilliseconds(10), source.Token).ShouldBe(ReceiveOutcome.TimedOut);
            server.Poll().ShouldBeFalse();
            raw.Send(part);
        }

        (await server.ReceiveBytesAsync()).AsSpan().SequenceEqual(message).ShouldBeTrue();
    });

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public Task A_waiting_receive_ends_by_its_token_or_by_the_disposal(bool isAsync, bool isDisposed) => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        var (server, client) = await Net.Pair(listener);
        using var source = new CancellationTokenSource();
        var token = isDisposed ? CancellationToken.None : source.Token;
        var receives = Enumerable.Range(0, 3)
            .Select(_ => isAsync ? OutcomeAsync(server, Timeout.InfiniteTimeSpan, token) : Task.Run(() => Outcome(server, Timeout.InfiniteTimeSpan, token)))
            .ToArray();
        await Task.Delay(100);
        if (isDisposed)
        {
            server.Dispose();
        }
        else
        {
            source.Cancel();
        }

        foreach (var receive in receives)
        {
            var error = await Should.ThrowAsync<Exception>(() => receive);
            (isDisposed ? error is ObjectDisposedException : error is OperationCanceledException).ShouldBeTrue(error.ToString());
        }

        if (!isDisposed)
        {
            client.SendBytes([7]);
            server.ReceiveBytes().ShouldBe([7]);
        }

        server.Dispose();
        client.Dispose();
        Should.Throw<ObjectDisposedException>(() => server.ReceiveBytes());
        Should.Throw<ObjectDisposedException>(() => server.SendBytes([1]));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_send_to_a_full_connection_ends_in_time_and_sends_nothing_or_closes_it(bool isAsync) => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        var (server, client) = await Net.Pair(listener);
        using (server)
        using (client)
        {
            // Messages of 1,000 bytes until none fits. One may be cut by the end of the room: then the connection is closed, which the error says.
            var sent = 0;
            try
            {
                while (await Send(client, 1000, TimeSpan.FromMilliseconds(100), isAsync))
                {
                    sent++;
                }
            }
            catch (TimeoutException error)
            {
                error.Message.ShouldContain("closed");
                Should.Throw<ConnectionClosedException>(() => client.SendBytes([1]));
                for (var i = 0; i < sent; i++)
                {
                    server.ReceiveBytes().Length.ShouldBe(1000);
                }

                Should.Throw<ConnectionClosedException>(() => server.ReceiveBytes());
                return;
            }

            sent.ShouldBeGreaterThan(10);
            for (var i = 0; i < sent; i++)
            {
                server.ReceiveBytes().Length.ShouldBe(1000);
            }

            (await Send(client, 7, TimeSpan.FromSeconds(10), isAsync)).ShouldBeTrue();
            server.ReceiveBytes().Length.ShouldBe(7);
        }
    });

    [Fact]
    public Task A_long_message_waits_for_a_slow_receiver() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        var (server, client) = await Net.Pair(listener);
        using (server)
        using (client)
        {
            using var source = new CancellationTokenSource();
            var message = new byte[20_000_000];
            new Random(2).NextBytes(message);
            var sends = new[] { Task.Run(() => client.SendBytes(message)), client.SendBytesAsync(message, source.Token).AsTask() };
            await Task.Delay(100);
            for (var i = 0; i < 2; i++)
            {
                server.ReceiveBytes().AsSpan().SequenceEqual(message).ShouldBeTrue();
            }

            await Task.WhenAll(sends);
        }
    });

    [Fact]
    public Task A_peer_that_is_silent_for_longer_than_the_idle_time_out_is_closed() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort, static options => options.IdleTimeout = TimeSpan.FromMilliseconds(300));
        var (server, client) = await Net.Pair(listener);
        using (server)
        using (client)
        {
            await Task.Delay(400); // a pause in which nothing is received does not count
            server.Poll().ShouldBeFalse();
            client.SendBytes([1]);
            server.ReceiveBytes().ShouldBe([1]);
            Should.Throw<ConnectionClosedException>(() => server.ReceiveBytes()).Message.ShouldContain("idle");
            Should.Throw<ConnectionClosedException>(() => server.SendBytes([1])).Message.ShouldContain("idle");
            Should.Throw<ConnectionClosedException>(() => client.ReceiveBytes());
        }
    });

    [Fact]
    public Task Several_threads_send_and_receive_without_tearing_a_message() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        var (server, client) = await Net.Pair(listener);
        using (server)
        using (client)
        {
            const int each = 500;
            var senders = Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    var message = new byte[1 + (i * 37 % 9000)];
                    Array.Fill(message, (byte)sender);
                    if (i % 2 == 0)
                    {
                        client.SendBytes(message);
                    }
                    else
                    {
                        await client.SendBytesAsync(message);
                    }
                }
            })).ToArray();
            var counts = new int[4];
            var receivers = Enumerable.Range(0, 4).Select(receiver => Task.Run(async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    var message = receiver % 2 == 0 ? server.ReceiveBytes() : await server.ReceiveBytesAsync();
                    message.ShouldAllBe(value => value == message[0]);
                    Interlocked.Increment(ref counts[message[0]]);
                }
            })).ToArray();
            await Task.WhenAll([.. senders, .. receivers]);
            counts.ShouldAllBe(static count => count == each);
        }
    });

    [Fact]
    public Task A_try_while_a_wait_is_registered_does_not_wait() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        var (server, client) = await Net.Pair(listener);
        using (server)
        using (client)
        {
            var readable = ((SocketTransport)server.Transport).Readable;
            var signals = 0;
            using (readable.Register(() => Interlocked.Increment(ref signals)))
            {
                readable.IsReady.ShouldBeFalse();
                Outcome(server, TimeSpan.Zero).ShouldBe(ReceiveOutcome.TimedOut);
                client.SendBytes([1]);
                Eventually.Is(() => signals > 0, "the registration signals");
                readable.IsReady.ShouldBeTrue();
                Outcome(server, TimeSpan.Zero).ShouldBe(ReceiveOutcome.Received);
            }

            readable.IsReady.ShouldBeFalse();
            using (readable.Register(() => Interlocked.Increment(ref signals)))
            {
                client.Dispose();
                Eventually.Is(() => readable.IsReady, "the end is something to receive");
            }

            server.Transport.IsAtEnd.ShouldBeTrue();
        }
    });

    private static ReceiveOutcome Outcome(Connection connection, TimeSpan timeout, CancellationToken token = default)
    {
        using var message = ReceivedMessage.Rent();
        return connection.Transport.Receive(message, long.MaxValue, Deadline.After(timeout), token);
    }

    private static async Task<ReceiveOutcome> OutcomeAsync(Connection connection, TimeSpan timeout, CancellationToken token = default)
    {
        using var message = ReceivedMessage.Rent();
        return await connection.Transport.ReceiveAsync(message, long.MaxValue, Deadline.After(timeout), token);
    }

    private static async Task<bool> Send(Connection connection, int length, TimeSpan timeout, bool isAsync)
    {
        using var message = MessageBuffer.Rent();
        message.WriteBytes(new byte[length]);
        return isAsync
            ? await connection.Transport.SendAsync(message, Deadline.After(timeout), default)
            : connection.Transport.Send(message, Deadline.After(timeout), default);
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>A listener and its clients, as a program uses them.</summary>
public class SocketConnectionTests : ProcessTest
{
    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    public Task Messages_of_all_sizes_go_both_ways_whole_and_in_order(string kind) => Watchdog.Run(async () =>
    {
        using var directory = new TemporaryDirectory();
        await using var listener = Net.Listen(Net.Address(kind, directory));
        var (server, client) = await Net.Pair(listener);
        using (server)
        using (client)
        {
            int[] lengths = [0, 1, 3, 4, 4091, 4092, 4093, 4096, 65_531, 65_532, 65_533, 1_000_000, 5_000_000];
            var echo = Task.Run(async () =>
            {
                foreach (var _ in lengths)
                {
                    await server.SendBytesAsync(await server.ReceiveBytesAsync());
                }
            });
            foreach (var length in lengths)
            {
                var message = new byte[length];
                new Random(length).NextBytes(message);
                client.SendBytes(message);
                client.ReceiveBytes().AsSpan().SequenceEqual(message).ShouldBeTrue($"the message of {length} bytes");
            }

            await echo;
        }
    });

    [Fact]
    public Task A_listener_chooses_an_address_of_its_own_which_needs_no_key() => Watchdog.Run(async () =>
    {
        await using var listener = ConnectionListener.Start();
        using var client = await Connection.ConnectAsync(listener.LocalEndPoint);
        using var server = listener.Accept(TimeSpan.FromSeconds(20));
        client.SendBytes("over"u8);
        server.ReceiveBytes().ShouldBe("over"u8.ToArray());
    });

    [Fact]
    public void A_TCP_address_without_a_key_is_refused_at_once_with_the_way_out()
    {
        Should.Throw<ArgumentException>(static () => ConnectionListener.Start(Net.AnyPort)).Message.ShouldContain("Key");
        Should.Throw<ArgumentException>(static () => Connection.Connect(new IPEndPoint(IPAddress.Loopback, 1))).Message.ShouldContain("UnixDomainSocketEndPoint");
        Should.Throw<ArgumentException>(static () => ConnectionListener.Start(Net.AnyPort, new ConnectionListenerOptions { Key = [] })).Message.ShouldContain("empty");
        Should.Throw<ArgumentException>(static () => ConnectionListener.Start(new ConnectionListenerOptions { AllowOtherUsers = true })).Message.ShouldContain("Key");
        Should.Throw<ArgumentException>(static () => ConnectionListener.Start(new DnsEndPoint("localhost", 0), new ConnectionListenerOptions { Key = Net.Key }));
    }

    [Fact]
    public Task Accept_ends_by_its_time_out_by_its_token_and_by_the_disposal() => Watchdog.Run(async () =>
    {
        var listener = ConnectionListener.Start();
        Should.Throw<TimeoutException>(() => listener.Accept(TimeSpan.FromMilliseconds(50))).Message.ShouldContain(listener.LocalEndPoint.ToString()!);
        Should.Throw<TimeoutException>(() => listener.Accept(TimeSpan.Zero));
        await Should.ThrowAsync<TimeoutException>(async () => await listener.AcceptAsync(TimeSpan.FromMilliseconds(50)));
        using var source = new CancellationTokenSource(50);
        await Should.ThrowAsync<OperationCanceledException>(async () => await listener.AcceptAsync(source.Token));
        Should.Throw<OperationCanceledException>(() => listener.Accept(Timeout.InfiniteTimeSpan, source.Token));

        var waiting = new[] { Task.Run(() => listener.Accept()), Task.Run(() => listener.Accept()), listener.AcceptAsync().AsTask() };
        var all = Task.Run(async () =>
        {
            var count = 0;
            await foreach (var connection in listener.AcceptAllAsync())
            {
                connection.Dispose();
                count++;
            }

            return count;
        });
        await Task.Delay(50);
        await listener.DisposeAsync();
        foreach (var task in waiting)
        {
            await Should.ThrowAsync<ObjectDisposedException>(() => task);
        }

        (await all).ShouldBe(0);
        Should.Throw<ObjectDisposedException>(() => listener.Accept());
        listener.Dispose();
    });

    [Fact]
    public Task A_connection_that_no_accept_took_is_closed_with_the_listener() => Watchdog.Run(async () =>
    {
        var listener = Net.Listen(Net.AnyPort);
        using var client = await Net.Connect(listener);
        await listener.DisposeAsync();
        Should.Throw<ConnectionClosedException>(() => client.ReceiveBytes()).Message.ShouldContain("127.0.0.1");
        await Should.ThrowAsync<IOException>(() => Net.Connect(listener));
    });

    [Fact]
    public Task An_accepted_connection_outlives_its_listener() => Watchdog.Run(async () =>
    {
        var listener = Net.Listen(Net.AnyPort);
        var (server, client) = await Net.Pair(listener);
        await listener.DisposeAsync();
        using (server)
        {
            using (client)
            {
                client.SendBytes("still"u8);
                server.ReceiveBytes().ShouldBe("still"u8.ToArray());
            }

            Should.Throw<ConnectionClosedException>(() => server.ReceiveBytes());
        }
    });

    [Fact]
    public Task A_wrong_key_is_an_error_on_both_sides_while_good_clients_are_served() => Watchdog.Run(async () =>
    {
        var rejected = new TaskCompletionSource<ConnectionAuthenticationException>();
        await using var listener = Net.Listen(Net.AnyPort, options => options.OnRejected = error => rejected.TrySetResult(error));
        var good = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                var (server, client) = await Net.Pair(listener);
                client.SendBytes([(byte)i]);
                server.ReceiveBytes().ShouldBe([(byte)i]);
                server.Dispose();
                client.Dispose();
            }
        });
        for (var i = 0; i < 20; i++)
        {
            var error = await Should.ThrowAsync<ConnectionAuthenticationException>(() => Net.Connect(listener, static options => options.Key = [1, 2, 3]));
            error.Reason.ShouldBe(AuthenticationFailure.Key);
            error.WasFoundHere.ShouldBeFalse();
            error.EndPoint.ShouldBe(listener.LocalEndPoint);
        }

        var there = await rejected.Task;
        there.Reason.ShouldBe(AuthenticationFailure.Key);
        there.WasFoundHere.ShouldBeTrue();
        there.ToString().ShouldNotContain("the key of the tests");
        await good;
        Eventually.Is(() => listener.RejectedCount == 20, "all of them were counted");
    });

    [Fact]
    public Task A_thousand_connections_leave_no_handle() => Watchdog.Run(async () =>
    {
        // What is left is found by the footprint that each of these tests compares.
        await using var listener = Net.Listen(Net.AnyPort, static options => options.MaxPendingHandshakes = 100); // none makes way for another one
        for (var round = 0; round < 10; round++)
        {
            var pairs = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => await Net.Connect(listener)));
            foreach (var client in pairs)
            {
                using var server = await listener.AcceptAsync(TimeSpan.FromSeconds(20));
                client.Dispose();
            }
        }
    });

    [Fact]
    public Task More_clients_than_the_backlog_wait_their_turn() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort, static options =>
        {
            options.Backlog = 2;
            options.MaxPendingHandshakes = 30; // if there were fewer, one that stands still for a second would make way for the next one
        });
        var patience = TimeSpan.FromSeconds(100);
        var clients = Enumerable.Range(0, 30).Select(_ => Net.Connect(listener, options => options.ConnectTimeout = patience)).ToList();
        for (var i = 0; i < clients.Count; i++)
        {
            using var server = await listener.AcceptAsync(patience);
        }

        foreach (var client in clients)
        {
            (await client).Dispose();
        }

        listener.RejectedCount.ShouldBe(0);
    });

    [Fact]
    public Task An_address_without_a_listener_is_an_IOException_that_names_the_address() => Watchdog.Run(async () =>
    {
        Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "The system has no unix-domain sockets.");
        using var directory = new TemporaryDirectory();
        var path = directory.File("none");
        var error = await Should.ThrowAsync<IOException>(() => Connection.ConnectAsync(new UnixDomainSocketEndPoint(path)));
        error.Message.ShouldContain(path);
    });

    [Fact]
    public Task A_listener_that_never_answers_ends_the_attempt_in_time() => Watchdog.Run(async () =>
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(Net.AnyPort);
        silent.Listen(1);
        var options = new ConnectionOptions { Key = Net.Key, ConnectTimeout = TimeSpan.FromSeconds(6) }; // the connection itself takes a part of it
        (await Should.ThrowAsync<TimeoutException>(() => Connection.ConnectAsync(silent.LocalEndPoint!, options))).Message.ShouldContain("handshake");
        using var source = new CancellationTokenSource(100);
        options.ConnectTimeout = Timeout.InfiniteTimeSpan;
        await Should.ThrowAsync<OperationCanceledException>(() => Connection.ConnectAsync(silent.LocalEndPoint!, options, source.Token));
    });

    [Fact]
    public Task Options_are_copied_so_later_changes_have_no_effect() => Watchdog.Run(async () =>
    {
        var options = new ConnectionListenerOptions { Key = [.. Net.Key] };
        await using var listener = ConnectionListener.Start(Net.AnyPort, options);
        options.Key[0]++;
        options.HandshakeTimeout = TimeSpan.FromTicks(1);
        using var client = await Net.Connect(listener);
        using var server = await listener.AcceptAsync();
    });

    [Fact]
    public Task Objects_and_the_connection_itself_do_not_cross_a_socket() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        var (server, client) = await Net.Pair(listener);
        using (server)
        using (client)
        {
            Should.Throw<NotSerializableException>(() => client.Send<object>("a value"));
            Should.Throw<NotSerializableException>(() => client.Receive<object>());
            Should.Throw<NotSerializableException>(() => ChildProcess.Run(() => client.SendBytes([1])));
        }
    });

    [Fact]
    public Task A_wait_for_several_connections_returns_those_that_have_something() => Watchdog.Run(async () =>
    {
        await using var listener = Net.Listen(Net.AnyPort);
        var (server, client) = await Net.Pair(listener);
        var (second, other) = await Net.Pair(listener);
        using (server)
        using (client)
        using (second)
        using (other)
        {
            ProcessWait.Any([server, second], TimeSpan.FromMilliseconds(30)).ShouldBe(-1);
            var waiting = Task.Run(() => ProcessWait.Any([server, second], TimeSpan.FromSeconds(20)));
            await Task.Delay(50);
            other.SendBytes([1]);
            (await waiting).ShouldBe(1);
            second.ReceiveBytes().ShouldBe([1]);
            client.Dispose();
            (await ProcessWait.AnyAsync([server, second], TimeSpan.FromSeconds(20))).ShouldBe(0);
        }
    });
}

using System.Net;
using System.Net.Sockets;
using Multiprocessing.Proxies;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Managers;

/// <summary>Managers between programs: CPython's <c>_TestRemoteManager</c>, <c>_TestMyManager</c> and <c>_TestManagerRestart</c> by meaning, and more.</summary>
public sealed class RemoteManagerTests : ProcessTest
{
    private static readonly byte[] Key = "asdasdasd"u8.ToArray();
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public enum Mood
    {
        Good,
        Bad,
    }

    [Fact]
    public Task Remote_test_remote() => Watchdog.Run(async () =>
    {
        await using var server = Serve(static server => server.AddQueue<Message>("queue"), TypesNow());
        using var child = ChildProcess.Run(Put, Port(server));
        await using var client = await Connect(server);
        using var queue = client.Queue<Message>("queue");
        queue.Get(Long).ShouldBe(new Message("hello world", [1, 2], Mood.Bad));
        child.Wait();

        static void Put(int port)
        {
            using var client = ManagerClient.Connect(new IPEndPoint(IPAddress.Loopback, port), ClientOptions(TypesNow()));
            using var queue = client.Queue<Message>("queue");
            queue.Put(new Message("hello world", [1, 2], Mood.Bad));

            // What is not registered is refused by the call, and the queue goes on.
            Should.Throw<NotSerializableException>(() => client.Queue<Func<int>>("queue"));
        }
    });

    [Fact]
    public Task Restart_test_rapid_restart() => Watchdog.Run(async () =>
    {
        int port;
        await using (var server = Serve(static server => server.AddValue("n", 1)))
        {
            port = Port(server);
            await using var client = await Connect(server);
            client.Value<int>("n").Value.ShouldBe(1);
        }

        await using var second = new ManagerServer(Options());
        second.AddValue("n", 2);
        second.Start(new IPEndPoint(IPAddress.Loopback, port));
        await using var again = await Connect(second);
        again.Value<int>("n").Value.ShouldBe(2);
    });

    [Theory]
    [InlineData(100)]
    [InlineData(8 << 20)]
    public Task Values_larger_than_the_buffer_of_a_socket_cross_both_ways_and_the_connection_stays(int length) => Watchdog.Run(async () =>
    {
        await using var server = Serve(static server => server.AddDictionary<int, byte[]>("arrays"));
        await using var client = await Connect(server);
        using var arrays = client.Dictionary<int, byte[]>("arrays");
        var data = new byte[length];
        Random.Shared.NextBytes(data);
        arrays.Set(0, data);
        arrays.Get(0).ShouldBe(data);
        arrays.GetOrAdd(0, data).Length.ShouldBe(length);
        (await arrays.GetAsync(0)).Length.ShouldBe(length);
    });

    [Fact]
    public Task My_test_mymanager() => Watchdog.Run(async () =>
    {
        await using var server = Serve(static server =>
        {
            server.Register<IRemoteFoo>("Foo", static () => new RemoteFoo());
            server.Add<IRemoteFoo>("TheFoo", new RemoteFoo());
        });
        await using var client = await Connect(server);
        (await client.GetNamesAsync()).ShouldBe(["Foo", "TheFoo"]);
        var foo = client.Open<IRemoteFoo>("Foo");
        foo.F().ShouldBe("f()");
        Should.Throw<FormatException>(foo.G).StackTrace.ShouldNotBeNull().ShouldContain(nameof(RemoteFoo));
        foo.Count().ShouldBe(1);
        foo.Count().ShouldBe(2);
        var released = client.Open<IRemoteFoo>("Foo");
        client.Release(released);
        Should.Throw<ObjectDisposedException>(released.F);
        client.Open<IRemoteFoo>("Foo").Count().ShouldBe(1); // an object for each call
        client.Open<IRemoteFoo>("TheFoo").Count().ShouldBe(1);
        client.Open<IRemoteFoo>("TheFoo").Count().ShouldBe(2);
        var items = new List<int>();
        await foreach (var item in foo.Squares(5))
        {
            items.Add(item);
        }

        items.ShouldBe([0, 1, 4, 9, 16]);
    });

    [Fact]
    public Task All_types_work_between_programs() => Watchdog.Run(async () =>
    {
        await using var server = Serve(
            static server =>
            {
                server.AddDictionary<string, Message>("dictionary");
                server.AddList<int>("list");
                server.AddSet<string>("set");
                server.AddQueue<int>("queue", 2);
                server.AddNamespace("namespace");
                server.AddLock("lock");
                server.AddSemaphore("semaphore", 1);
                server.AddEvent("event");
                server.AddCondition("condition");
                server.AddBarrier("barrier", 1);
                server.AddList<int>("mine", isShared: false);
            },
            TypesNow());
        await using var client = await Connect(server);
        var dictionary = client.Dictionary<string, Message>("dictionary");
        dictionary["a"] = new("x", [1], Mood.Good);
        dictionary.AddOrUpdate("a", new("y", [], Mood.Bad), static message => message with { Text = message.Text + "!" }).Text.ShouldBe("x!");
        dictionary.AddOrUpdate("b", new("y", [], Mood.Bad), static message => message).Mood.ShouldBe(Mood.Bad);
        dictionary.GetValue().Count.ShouldBe(2);
        dictionary.TryGet("none", out _).ShouldBeFalse();
        Should.Throw<KeyNotFoundException>(() => dictionary.Update("none", static message => message));
        var list = client.List<int>("list");
        list.AddRange([3, 1, 2]);
        list.Sort();
        list.Update(0, static item => item * 10).ShouldBe(10);
        list.ToString().ShouldBe("[10, 2, 3]");
        Should.Throw<ArgumentOutOfRangeException>(() => list[5]).Message.ShouldContain("3 items");
        var set = client.Set<string>("set");
        set.UnionWith(["a", "b"]);
        set.Overlaps(["b"]).ShouldBeTrue();
        var queue = client.Queue<int>("queue");
        queue.Put(1);
        queue.Put(2);
        Should.Throw<QueueFullException>(() => queue.Put(3, TimeSpan.FromMilliseconds(5)));
        queue.Get().ShouldBe(1);
        var names = client.Namespace("namespace");
        names.Set("when", DateTimeOffset.UnixEpoch);
        names.Set("message", new Message("x", [], Mood.Good));
        names.Get<Message>("message").Text.ShouldBe("x");
        names.Update<Message>("message", static message => message with { Text = "y" }).Text.ShouldBe("y");
        names.GetValue().Count.ShouldBe(2);
        Should.Throw<NotSerializableException>(() => names.Set("bad", new object()));
        Should.Throw<NotSerializableException>(() => names.Set("bad", typeof(int)));
        Should.Throw<NotSerializableException>(() => names.Set("bad", () => 1));
        using (client.Lock("lock").EnterScope())
        {
            client.Lock("lock").TryEnter().ShouldBeFalse();
        }

        client.Semaphore("semaphore").Wait(Long).ShouldBeTrue();
        client.Event("event").Wait(TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
        var condition = client.Condition("condition");
        condition.Enter();
        condition.Wait(TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
        condition.Exit();
        client.Barrier("barrier").SignalAndWait().ShouldBe(0);
        var mine = client.List<int>("mine");
        mine.Add(1);
        client.List<int>("mine").Count.ShouldBe(0);
    });

    [Fact]
    public Task Wrong_names_types_and_keys_are_clear_errors() => Watchdog.Run(async () =>
    {
        await using var server = Serve(static server => server.AddDictionary<string, int>("scores"));
        await using var client = await Connect(server);
        Should.Throw<KeyNotFoundException>(() => client.List<int>("none")).Message.ShouldContain("scores");
        var mismatch = Should.Throw<ManagerContractException>(() => client.Dictionary<string, long>("scores"));
        mismatch.Message.ShouldContain("Int32");
        mismatch.Message.ShouldContain("Int64");
        Should.Throw<ManagerContractException>(() => client.Lock("scores"));
        Should.Throw<NotSerializableException>(() => server.AddList<Message>("x"));
        Should.Throw<ArgumentException>(() => server.AddList<int>("scores"));
        var options = new ManagerClientOptions { Connection = { Key = "wrong"u8.ToArray() } };
        await Should.ThrowAsync<ConnectionAuthenticationException>(() => ManagerClient.ConnectAsync(server.LocalEndPoint, options));
        client.Dictionary<string, int>("scores")["still"] = 1;
    });

    [Fact]
    public Task A_killed_client_releases_its_lock_and_its_object() => Watchdog.Run(async () =>
    {
        using var disposed = new ProcessEvent();
        await using var server = Serve(server =>
        {
            server.AddLock("gate");
            server.Register<IRemoteFoo>("foo", () => new RemoteFoo(disposed));
        });
        using var ready = new ProcessEvent();
        using var child = ChildProcess.Run(Hold, Port(server), ready);
        ready.Wait(Long).ShouldBeTrue();
        await using var client = await Connect(server);
        var gate = client.Lock("gate");
        gate.TryEnter().ShouldBeFalse();
        disposed.IsSet.ShouldBeFalse();
        child.Kill();
        (await gate.EnterAsync()).WasAbandoned.ShouldBeTrue();
        disposed.Wait(Long).ShouldBeTrue();
        Eventually.Is(() => server.ClientCount == 1, "the dead client is not counted");

        static void Hold(int port, ProcessEvent ready)
        {
            var client = ManagerClient.Connect(new IPEndPoint(IPAddress.Loopback, port), ClientOptions(null));
            client.Lock("gate").Enter();
            var foo = client.Open<IRemoteFoo>("foo");
            foo.F();
            ready.Set();
            Thread.Sleep(Timeout.Infinite);
            GC.KeepAlive(foo);
        }
    });

    [Fact]
    public Task Limits_hold_for_each_client() => Watchdog.Run(async () =>
    {
        var options = Options();
        options.MaxObjectsPerClient = 2;
        options.MaxCallsPerClient = 3;
        options.MaxClients = 2;
        await using var server = new ManagerServer(options);
        server.AddEvent("event", isShared: false);
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = await Connect(server);
        var first = client.Event("event");
        using var second = client.Event("event");
        Should.Throw<InvalidOperationException>(() => client.Event("event")).Message.ShouldContain("2 objects");
        using var cancellation = new CancellationTokenSource();
        Task[] waiting = [.. Enumerable.Range(0, 3).Select(_ => second.WaitAsync(cancellation.Token).AsTask())];
        await Should.ThrowAsync<InvalidOperationException>(async () => await second.WaitAsync(cancellation.Token));
        await cancellation.CancelAsync();
        foreach (var wait in waiting)
        {
            await Should.ThrowAsync<OperationCanceledException>(wait);
        }

        first.IsSet.ShouldBeFalse();
        await using var other = await Connect(server);
        other.Event("event").Set();
        await using var third = await Connect(server);
        Should.Throw<ConnectionClosedException>(() => third.Event("event"));
    });

    [Fact]
    public Task A_client_at_its_limit_may_call_again_as_soon_as_it_has_a_reply() => Watchdog.Run(async () =>
    {
        var options = Options();
        options.MaxCallsPerClient = 1;
        await using var server = new ManagerServer(options);
        server.Register<IRemoteFoo>("foo", static () => new RemoteFoo());
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = await Connect(server);
        var foo = client.Open<IRemoteFoo>("foo");
        for (var i = 1; i <= 5_000; i++)
        {
            foo.Count().ShouldBe(i);
        }
    });

    [Fact]
    public Task Update_is_atomic_between_programs() => Watchdog.Run(async () =>
    {
        await using var server = Serve(static server => server.AddDictionary<string, int>("counts"));
        ChildProcess[] children = [.. Enumerable.Range(0, 3).Select(_ => ChildProcess.Run(AddMany, Port(server)))];
        Array.ForEach(children, static child => child.Wait());
        await using var client = await Connect(server);
        client.Dictionary<string, int>("counts")["n"].ShouldBe(300);
        Array.ForEach(children, static child => child.Dispose());

        static void AddMany(int port)
        {
            using var client = ManagerClient.Connect(new IPEndPoint(IPAddress.Loopback, port), ClientOptions(null));
            var counts = client.Dictionary<string, int>("counts");
            for (var i = 0; i < 100; i++)
            {
                counts.AddOrUpdate("n", 1, static n => n + 1);
            }
        }
    });

    [Fact]
    public Task The_end_of_the_server_ends_waiting_calls() => Watchdog.Run(async () =>
    {
        var server = Serve(static server => server.AddQueue<int>("queue"));
        await using var client = await Connect(server);
        var waiting = client.Queue<int>("queue").GetAsync().AsTask();
        await Task.Delay(100);
        await server.DisposeAsync();
        await Should.ThrowAsync<ConnectionClosedException>(waiting);
        await client.Completion.WaitAsync(Long);
        Should.Throw<ConnectionClosedException>(() => client.Queue<int>("queue"));
    });

    /// <summary>The connection stayed open, and the server kept what the client held.</summary>
    [Fact]
    public Task A_client_that_cannot_read_a_message_closes_its_connection() => Watchdog.Run(async () =>
    {
        await using var server = Serve(static server => server.AddQueue<int>("queue"));
        await using var client = await Connect(server);
        var queue = client.Queue<int>("queue");
        var waiting = queue.GetAsync().AsTask();
        ((ProxyBase)(object)queue).Target.Ready!.Fail(new InvalidDataException("a damaged message"));
        var error = await Should.ThrowAsync<ConnectionClosedException>(waiting.WaitAsync(Long));
        error.InnerException.ShouldBeOfType<InvalidDataException>();
        await client.Completion.WaitAsync(Long);
        Eventually.Is(() => server.ClientCount == 0, "the server has no client");
    });

    [Fact]
    public Task A_unix_socket_of_the_same_user_needs_no_key() => Watchdog.Run(async () =>
    {
        if (!Socket.OSSupportsUnixDomainSockets)
        {
            return;
        }

        var path = Path.Combine(Path.GetTempPath(), $"mp-manager-{Guid.NewGuid():N}");
        await using var server = new ManagerServer();
        server.AddValue("n", 5);
        server.Start(new UnixDomainSocketEndPoint(path));
        await using var client = await ManagerClient.ConnectAsync(server.LocalEndPoint);
        client.Value<int>("n").Value.ShouldBe(5);
        server.ToString().ShouldContain("1 clients");
    });

    [PosixFact("No signal there stops a process.")]
    public Task A_server_that_is_stopped_holds_no_caller_that_sends() => Watchdog.Run(async () =>
    {
        using var port = new ProcessQueue<int>();
        using var child = ChildProcess.Run(ServeUntilKilled, port);
        var options = ClientOptions(null);
        options.StallTimeout = TimeSpan.FromSeconds(1);
        await using var client = await ManagerClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port.Get(Long)), options);
        var list = client.List<byte[]>("arrays");
        Posix.Signal(child.Id, Posix.SigStop);
        var error = Should.Throw<TimeoutException>(() => list.Add(new byte[64 << 20]));
        error.Message.ShouldContain("has taken nothing for 1 s");
        await Should.ThrowAsync<ConnectionClosedException>(async () => await list.AddAsync([1]));

        static void ServeUntilKilled(ProcessQueue<int> port)
        {
            var server = Serve(static server => server.AddList<byte[]>("arrays"));
            port.Put(Port(server));
            Thread.Sleep(Timeout.Infinite);
        }
    });

    private static RegisteredTypes TypesNow() => new RegisteredTypes().Register<Message>().Register<Mood>();

    private static ManagerServerOptions Options(RegisteredTypes? types = null) => new()
    {
        Listener = { Key = Key, HandshakeTimeout = Long },
        Types = types,
    };

    private static ManagerClientOptions ClientOptions(RegisteredTypes? types) => new()
    {
        Connection = { Key = Key, ConnectTimeout = Long },
        Types = types,
    };

    private static int Port(ManagerServer server) => ((IPEndPoint)server.LocalEndPoint).Port;

    private static ManagerServer Serve(Action<ManagerServer> add, RegisteredTypes? types = null)
    {
        var server = new ManagerServer(Options(types));
        add(server);
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        return server;
    }

    private static Task<ManagerClient> Connect(ManagerServer server) => ManagerClient.ConnectAsync(server.LocalEndPoint, ClientOptions(TypesNow()));

    public sealed record Message(string Text, int[] Numbers, Mood Mood)
    {
        public bool Equals(Message? other) => other is not null && Text == other.Text && Numbers.SequenceEqual(other.Numbers) && Mood == other.Mood;

        public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
    }
}

public interface IRemoteFoo
{
    string F();

    void G();

    int Count();

    IAsyncEnumerable<int> Squares(int count);
}

internal sealed class RemoteFoo(ProcessEvent? disposed = null) : IRemoteFoo, IDisposable
{
    private int _count;

    public string F() => "f()";

    public void G() => throw new FormatException("g()");

    public int Count() => Interlocked.Increment(ref _count);

    public async IAsyncEnumerable<int> Squares(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i * i;
        }
    }

    public void Dispose() => disposed?.Set();
}

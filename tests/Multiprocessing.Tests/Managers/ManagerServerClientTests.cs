using System.Net;
using System.Runtime.CompilerServices;
using Multiprocessing.Proxies;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Managers;

/// <summary>What a client of a <see cref="ManagerServer"/> leaves there that closes its connection, or breaks the protocol: nothing.</summary>
public sealed class ManagerServerClientTests : ProcessTest
{
    private static readonly byte[] Key = "asdasdasd"u8.ToArray();
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public Task An_object_whose_client_has_gone_during_its_factory_is_disposed() => Watchdog.Run(async () =>
    {
        var factory = new HeldFactory();
        await using var server = Serve(server => server.Register<IServedObject>("object", factory.Create));
        using (var client = await RawClient.ConnectAsync(server.LocalEndPoint, Key))
        {
            client.SendOpen("object", 1);
            factory.Begun.Wait(Long).ShouldBeTrue();
        }

        Eventually.Is(() => server.ClientCount == 0, "the client is gone");
        factory.End.Set();
        Eventually.Is(() => factory.Disposed == 1, "the object is disposed");
    });

    [Fact]
    public Task No_object_is_created_for_the_calls_of_a_client_that_has_gone() => Watchdog.Run(async () =>
    {
        var factory = new HeldFactory();
        await using var server = Serve(server =>
        {
            server.Register<IServedObject>("object", factory.Create);
            server.Register<IServedObject>("other", factory.Create);
        });
        using (var client = await RawClient.ConnectAsync(server.LocalEndPoint, Key))
        {
            for (var call = 1; call <= 100; call++)
            {
                client.SendOpen(call % 2 == 0 ? "object" : "other", call);
            }

            factory.Begun.Wait(Long).ShouldBeTrue();
        }

        Eventually.Is(() => server.ClientCount == 0, "the client is gone");
        factory.End.Set();
        Eventually.Is(() => factory.Disposed == 1, "the object is disposed");
        Thread.Sleep(200); // for those that must not come
        factory.Created.ShouldBe(1);
    });

    [Fact]
    public Task An_object_that_several_interfaces_and_calls_return_is_disposed_with_the_last_of_them() => Watchdog.Run(async () =>
    {
        var one = new ServedObject(null);
        await using var server = Serve(server =>
        {
            server.Register<IServedObject>("object", () => one);
            server.Register<IServedToo>("too", () => one);
        });
        await using var client = await ManagerClient.ConnectAsync(server.LocalEndPoint, new() { Connection = { Key = Key, ConnectTimeout = Long } });
        var first = client.Open<IServedObject>("object");
        var second = client.Open<IServedToo>("too");
        client.Release(first);
        second.Number().ShouldBe(2);
        Thread.Sleep(200); // for a disposal that must not come
        one.IsDisposed.ShouldBeFalse();
        client.Release(second);
        Eventually.Is(() => one.IsDisposed, "the object is disposed");
    });

    [Fact]
    public Task A_client_that_uses_the_number_of_a_waiting_call_again_is_disconnected_and_its_wait_ends() => Watchdog.Run(async () =>
    {
        var served = new ServedObject(null);
        await using var server = Serve(server => server.Add<IServedObject>("object", served));
        using var client = await RawClient.ConnectAsync(server.LocalEndPoint, Key);
        var id = client.Open("object");
        client.Send(id, RawClient.NumberOf<IServedObject>(nameof(IServedObject.WaitAsync)), callId: 7, canBeCanceled: true);
        served.Waits.Wait(Long).ShouldBeTrue();
        client.Send(id, RawClient.NumberOf<IServedObject>(nameof(IServedObject.Answer)), callId: 7, canBeCanceled: true);
        served.WasCanceled.Wait(Long).ShouldBeTrue();
        Eventually.Is(() => server.ClientCount == 0, "the client is not counted");
        served.Answers.ShouldBe(0);
    });

    [Fact]
    public Task The_number_of_a_call_that_has_ended_may_be_used_again() => Watchdog.Run(async () =>
    {
        var served = new ServedObject(null);
        await using var server = Serve(server => server.Add<IServedObject>("object", served));
        using var client = await RawClient.ConnectAsync(server.LocalEndPoint, Key);
        var id = client.Open("object");
        for (var i = 0; i < 10; i++)
        {
            client.Send(id, RawClient.NumberOf<IServedObject>(nameof(IServedObject.Answer)), callId: 7 + (i % 2), canBeCanceled: true);
            client.Receive().ShouldBe(ReceiveOutcome.Received);
        }
    });

    /// <summary>A call that was read before the end of its channel, and is registered after it.</summary>
    [Fact]
    public Task A_call_that_arrives_at_the_end_of_its_channel_is_canceled() => Watchdog.Run(() =>
    {
        var (mine, theirs) = ProcessPipe.CreateTransports(new ProcessPipeOptions());
        using (theirs)
        using (var channel = new CallChannel(mine, SameBuildPayload.Instance, UnlimitedScheduler.Instance, new NoOwner()))
        {
            channel.Dispose();
            using var call = IncomingCall.Rent(channel, MessageOfCall(), hasTrailer: true);
            Eventually.Is(() => call.CancellationToken.IsCancellationRequested, "the call is canceled");
        }
    });

    private static unsafe ReceivedMessage MessageOfCall()
    {
        var message = ReceivedMessage.Rent();
        var data = message.Prepare(sizeof(CallHeader) + sizeof(CallTrailer));
        Unsafe.WriteUnaligned(data, new CallHeader(CallMessage.Call, 0, 0));
        Unsafe.WriteUnaligned(data + sizeof(CallHeader), new CallTrailer(1, canBeCanceled: true));
        return message;
    }

    private static ManagerServer Serve(Action<ManagerServer> add)
    {
        var server = new ManagerServer(new() { Listener = { Key = Key, HandshakeTimeout = Long } });
        add(server);
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        return server;
    }

    /// <summary>Its first call does not return until it is told to.</summary>
    private sealed class HeldFactory
    {
        private int _created;
        private int _disposed;

        public ManualResetEventSlim Begun { get; } = new();

        public ManualResetEventSlim End { get; } = new();

        public int Created => Volatile.Read(ref _created);

        public int Disposed => Volatile.Read(ref _disposed);

        public IServedObject Create()
        {
            Begun.Set();
            End.Wait();
            Interlocked.Increment(ref _created);
            return new ServedObject(() => Interlocked.Increment(ref _disposed));
        }
    }

    private sealed class NoOwner : ChannelOwner
    {
        public override string Description => "the peer";

        public override Exception Died(string member, bool wasSent) => new InvalidOperationException(member);

        public override void OnEnded(CallChannel channel) => channel.FailCalls();
    }
}

public interface IServedObject
{
    Task WaitAsync(CancellationToken cancellationToken);

    int Answer(CancellationToken cancellationToken);
}

public interface IServedToo
{
    int Number();
}

/// <summary>Is served by the test's own process.</summary>
internal sealed class ServedObject(Action? disposed) : IServedObject, IServedToo, IDisposable
{
    public ManualResetEventSlim Waits { get; } = new();

    public ManualResetEventSlim WasCanceled { get; } = new();

    public int Answers { get; private set; }

    public bool IsDisposed { get; private set; }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(WasCanceled.Set);
        Waits.Set();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    public int Answer(CancellationToken cancellationToken) => ++Answers;

    public int Number() => 2;

    public void Dispose()
    {
        IsDisposed = true;
        disposed?.Invoke();
    }
}

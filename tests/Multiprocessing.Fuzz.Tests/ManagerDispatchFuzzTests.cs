using System.Net;
using System.Net.Sockets;
using CsCheck;
using Xunit;

namespace Multiprocessing.Fuzz.Tests;

/// <summary>
/// Mutated messages of calls, sent to a running manager server by a client that knows the key: the server answers, or closes that connection. It serves
/// its other clients all the time, and afterwards it has no client, object or lock of the hostile one left.
/// </summary>
public class ManagerDispatchFuzzTests
{
    private static readonly byte[] Key = "key"u8.ToArray();

    [Fact]
    public void Calls()
    {
        using var server = new ManagerServer(new ManagerServerOptions { Listener = { Key = Key, MaxMessageBytes = 1 << 20 } });
        server.AddDictionary<string, int>("scores");
        server.AddQueue<string>("jobs");
        server.AddLock("gate");
        server.AddNamespace("names");
        server.AddList<int>("mine", isShared: false);
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        using var good = ManagerClient.Connect(server.LocalEndPoint, new ManagerClientOptions { Connection = { Key = Key } }, TestContext.Current.CancellationToken);
        var scores = good.Dictionary<string, int>("scores");
        scores["sum"] = 1;
        var target = ((Proxies.ProxyBase)scores).Target.ObjectId;
        byte[][] recorded =
        [
            Call(0, ServerRootContract.Describe, 1, static (payload, buffer) => payload.Write(buffer, "scores", "name")),
            Call(0, ServerRootContract.Open, 2, static (payload, buffer) => payload.Write(buffer, "scores", "name")),
            Call(0, ServerRootContract.Open, 3, static (payload, buffer) => payload.Write(buffer, "mine", "name")),
            Call(0, ServerRootContract.GetNames, 4, static (_, _) => { }),
            Call(
                target, DictionaryContract<string, int>.Set, 5, static (payload, buffer) =>
                {
                    payload.Write(buffer, "a", "key");
                    payload.Write(buffer, 7, "value");
                }),
            Call(target, DictionaryContract<string, int>.GetValue, 6, static (_, _) => { }),
            Call(target, DictionaryContract<string, int>.Update, 7, static (payload, buffer) => payload.Write(buffer, "a", "key")),
            Call(target + 1, QueueContract<string>.Get, 8, static (payload, buffer) => payload.Write(buffer, -1L, "timeout")),
        ];
        Connection? hostile = null;
        try
        {
            Gen.Select(Gen.Int[0, recorded.Length - 1], Gen.Int[0, recorded.Length - 1]).SelectMany((first, second) => Mutations.Of(recorded[second]).Select(
                bytes => (recorded[first], bytes))).Sample(
                pair =>
                {
                    hostile ??= Connection.Connect(server.LocalEndPoint, new ConnectionOptions { Key = Key });
                    try
                    {
                        hostile.SendBytes(pair.Item1);
                        hostile.SendBytes(pair.bytes);
                        while (hostile.Poll(TimeSpan.Zero))
                        {
                            _ = hostile.ReceiveBytes();
                        }
                    }
                    catch (Exception exception) when (exception is IOException or SocketException or ArgumentException)
                    {
                        hostile.Dispose();
                        hostile = null;
                    }

                    if (!scores.ContainsKey("sum"))
                    {
                        // A hostile client that knows the key may change shared objects; it must not stop the others.
                        scores["sum"] = 1;
                    }
                },
                time: FuzzTime.Seconds, threads: 1);
        }
        finally
        {
            hostile?.Dispose();
        }

        for (var i = 0; server.ClientCount != 1; i++)
        {
            Assert.True(i < 2000, $"The server has {server.ClientCount} clients, but only one is connected.");
            Thread.Sleep(10);
        }

        Assert.True(good.Lock("gate").TryEnter(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    private static byte[] Call(long target, int member, long id, Action<RegisteredPayload, MessageBuffer> write)
    {
        using var buffer = MessageBuffer.Rent();
        buffer.Write(new CallHeader(CallMessage.Call, member, target));
        write(RegisteredTypes.Simple.Payload, buffer);
        buffer.Write(new CallTrailer(id, true));
        var bytes = new byte[buffer.Length];
        buffer.CopyTo(0, bytes);
        return bytes;
    }
}

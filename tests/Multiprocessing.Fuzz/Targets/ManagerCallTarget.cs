using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Multiprocessing.Fuzz;

/// <summary>
/// Messages of calls, sent to a running manager server by a client that knows the key: the server answers, or closes that connection. It serves its other
/// clients all the time, and afterwards it has no client, object or lock of the hostile one left. An input is a row of messages, each with two bytes of
/// its length before it.
/// </summary>
internal sealed class ManagerCallTarget : FuzzTarget
{
    private const long LastCall = 0x7fff_ffff_0000;

    private static readonly byte[] Key = "key"u8.ToArray();
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly SocketFolder _folder = new();
    private readonly ManagerServer _server;
    private readonly ManagerClient _good;
    private readonly IManagedDictionary<string, int> _scores;
    private readonly byte[] _last = Call(0, ServerRootContract.GetNames, LastCall, static (_, _) => { });
    private Connection? _hostile;

    public ManagerCallTarget()
    {
        _server = new ManagerServer(new ManagerServerOptions { Listener = { Key = Key, MaxMessageBytes = 1 << 20 } });
        _server.AddDictionary<string, int>("scores");
        _server.AddQueue<string>("jobs");
        _server.AddLock("gate");
        _server.AddNamespace("names");
        _server.AddList<int>("mine", isShared: false);
        _server.Start(_folder.EndPoint);
        _good = ManagerClient.Connect(_server.LocalEndPoint, new ManagerClientOptions { Connection = { Key = Key } });
        _scores = _good.Dictionary<string, int>("scores");
        _scores["sum"] = 1;
        var jobs = _good.Queue<string>("jobs");
        var scores = ((Proxies.ProxyBase)_scores).Target.ObjectId;
        byte[][] calls =
        [
            Call(0, ServerRootContract.Describe, 1, static (payload, buffer) => payload.Write(buffer, "scores", "name")),
            Call(0, ServerRootContract.Open, 2, static (payload, buffer) => payload.Write(buffer, "scores", "name")),
            Call(0, ServerRootContract.Open, 3, static (payload, buffer) => payload.Write(buffer, "mine", "name")),
            Call(0, ServerRootContract.GetNames, 4, static (_, _) => { }),
            Call(
                scores, DictionaryContract<string, int>.Set, 5, static (payload, buffer) =>
                {
                    payload.Write(buffer, "a", "key");
                    payload.Write(buffer, 7, "value");
                }),
            Call(scores, DictionaryContract<string, int>.GetValue, 6, static (_, _) => { }),
            Call(scores, DictionaryContract<string, int>.Update, 7, static (payload, buffer) => payload.Write(buffer, "a", "key")),
            Call(((Proxies.ProxyBase)jobs).Target.ObjectId, QueueContract<string>.Get, 8, static (payload, buffer) => payload.Write(buffer, -1L, "timeout")),
        ];
        Seeds = [.. calls.Select(call => Row([calls[1], call])), Row(calls)];
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override bool IsSerial => true;

    public override void Run(byte[] input)
    {
        _hostile ??= Connection.Connect(_server.LocalEndPoint, new ConnectionOptions { Key = Key });
        try
        {
            for (var rest = input.AsSpan(); rest.Length >= 2;)
            {
                var length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(rest), rest.Length - 2);
                _hostile.SendBytes(rest.Slice(2, length));
                rest = rest[(2 + length)..];
            }

            _hostile.SendBytes(_last);
            while (!IsLastReply(_hostile.ReceiveBytes(Limit)))
            {
                // The answer to another call.
            }
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException("The server neither answers the last call nor closes the connection.");
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            _hostile.Dispose();
            _hostile = null;
        }

        if (!_scores.ContainsKey("sum"))
        {
            // A hostile client that knows the key may change shared objects; it must not stop the others.
            _scores["sum"] = 1;
        }
    }

    public override void Finish()
    {
        _hostile?.Dispose();
        for (var i = 0; _server.ClientCount != 1; i++)
        {
            if (i == 2000)
            {
                throw new InvalidOperationException($"The server has {_server.ClientCount} clients, but only one is connected.");
            }

            Thread.Sleep(10);
        }

        if (!_good.Lock("gate").TryEnter(TimeSpan.FromSeconds(10)))
        {
            throw new InvalidOperationException("The lock is held by a client that has left.");
        }
    }

    public override void Dispose()
    {
        _hostile?.Dispose();
        _good.Dispose();
        _server.Dispose();
        _folder.Dispose();
        base.Dispose();
    }

    /// <summary>An error, too: a client may have released the object that it calls.</summary>
    private static bool IsLastReply(byte[] message) =>
        message.Length >= Marshal.SizeOf<AnswerHeader>()
        && MemoryMarshal.Read<AnswerHeader>(message) is { Kind: CallMessage.Reply or CallMessage.Error, CallId: LastCall };

    private static byte[] Row(IEnumerable<byte[]> messages) =>
        [.. messages.SelectMany(static message => (byte[])[(byte)message.Length, (byte)(message.Length >> 8), .. message])];

    private static byte[] Call(long target, int member, long id, Action<RegisteredPayload, MessageBuffer> write) => RegisteredTarget.BytesOf(buffer =>
    {
        buffer.Write(new CallHeader(CallMessage.Call, member, target));
        write(RegisteredTypes.Simple.Payload, buffer);
        buffer.Write(new CallTrailer(id, true));
    });
}

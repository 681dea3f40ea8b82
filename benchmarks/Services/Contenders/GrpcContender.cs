using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;

namespace Services.Contenders;

/// <summary>gRPC of ASP.NET Core over a unix socket. Each client has a channel of its own.</summary>
internal sealed class GrpcContender : ClientContender
{
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"grpc-{Guid.NewGuid():N}.sock");
    private ServerProcess? _server;

    public override string Name => Catalog.Grpc;

    public override bool Does(Work work) => true;

    protected override void Start() => _server = ServerProcess.Start(GrpcServer.Argument, _socket).WaitUntilReady();

    protected override Client Connect() => new GrpcClient(_socket);

    protected override void Stop()
    {
        _server!.Dispose();
        File.Delete(_socket);
    }
}

internal sealed class GrpcClient : Client
{
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;

    public GrpcClient(string socket)
    {
        var handler = new SocketsHttpHandler { ConnectCallback = (_, cancellationToken) => ConnectAsync(socket, cancellationToken) };
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _invoker = _channel.CreateCallInvoker();
    }

    public override int Call(int number) => _invoker.BlockingUnaryCall(GrpcContract.Add, null, default, new GrpcNumber(number)).Value;

    public override async ValueTask<int> CallAsync(int number)
    {
        using var call = _invoker.AsyncUnaryCall(GrpcContract.Add, null, default, new GrpcNumber(number));
        return (await call.ResponseAsync.ConfigureAwait(false)).Value;
    }

    public override byte[] Echo(byte[] data) => _invoker.BlockingUnaryCall(GrpcContract.Echo, null, default, data);

    public override async IAsyncEnumerable<int> Count(int count)
    {
        using var call = _invoker.AsyncServerStreamingCall(GrpcContract.Count, null, default, new GrpcNumber(count));
        while (await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
        {
            yield return call.ResponseStream.Current.Value;
        }
    }

    public override void Dispose() => _channel.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

using Services.Cases;
using Services.Contenders;

namespace Services;

/// <summary>The contenders, the work, and the aims.</summary>
internal static class Catalog
{
    public const string Service = "service";
    public const string Manager = "manager";
    public const string ManagerSocket = "manager, socket";
    public const string Pipe = "pipe";
    public const string Grpc = "gRPC";
    public const string StreamJsonRpc = "StreamJsonRpc";
    public const string Json = "JSON lines";
    public const string NamedPipe = "named pipe";
    public const string Channel = "threads, Channel";
    public const string PythonManager = "CPython Manager";
    public const string PythonPipe = "CPython Pipe";
    public const string Limit = "C, shared memory";

    /// <summary>What is compared with what.</summary>
    public static readonly IReadOnlyList<(string Contender, string Peer)> Pairs =
    [
        (Service, Grpc),
        (Service, StreamJsonRpc),
        (Service, Json),
        (Pipe, NamedPipe),
        (Channel, Pipe),
        (Manager, PythonManager),
        (ManagerSocket, PythonManager),
        (Pipe, PythonPipe),
        (Limit, Pipe),
    ];

    public static readonly IReadOnlyList<Aim> Aims =
    [
        new("call", Service, Most: 5000),
        new("call", Service, Peer: Grpc, Times: 10),
        new("call", Service, Peer: Json, Times: 10),
        new("pipelined", Service, Most: 1000),
        new("call", Manager, Most: 5000),
        new("64b", Pipe, Most: 600),
    ];

    public static IReadOnlyList<Contender> Contenders() =>
    [
        new ServiceContender(),
        new ManagerContender(),
        new ManagerSocketContender(),
        new PipeContender(),
        new GrpcContender(),
        new StreamJsonRpcContender(),
        new JsonContender(),
        new NamedPipeContender(),
        new ChannelContender(),
        new PythonContender(PythonManager, "manager", Kind.Call, Kind.Echo),
        new PythonContender(PythonPipe, "pipe", Kind.Call, Kind.Pipelined, Kind.Echo, Kind.Stream),
        new LimitContender(),
    ];

    public static IReadOnlyList<SpecialCase> SpecialCases => [new Restart(), new Kills(), new WrongKey()];

    public static IReadOnlyList<Work> Work(Settings settings)
    {
        var items = settings.StreamItems;
        return
        [
            new("call", "call, the caller blocks", Kind.Call),
            new("call-8", "call, 8 clients block", Kind.Call, Clients: 8),
            new("await", "call, awaited", Kind.Await),
            new("await-8", "call, 8 clients await", Kind.Await, Clients: 8),
            new("pipelined", "256 calls on their way, each", Kind.Pipelined),
            new("pipelined-8", "8 clients with 32 calls on their way, each", Kind.Pipelined, Clients: 8),
            new("64b", "64 bytes there and back", Kind.Echo, 64),
            new("100b", "100 bytes there and back", Kind.Echo, 100),
            new("100b-8", "100 bytes there and back, 8 clients", Kind.Echo, 100, 8),
            new("1m", "1 MiB there and back", Kind.Echo, 1 << 20),
            new("1m-8", "1 MiB there and back, 8 clients", Kind.Echo, 1 << 20, 8),
            new("stream", $"stream of {items:#,0} items, each", Kind.Stream) { Items = items },
            new("stream-8", $"8 streams with {items:#,0} items together, each", Kind.Stream, Clients: 8) { Items = items },
        ];
    }
}

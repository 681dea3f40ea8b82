using System.Net.Sockets;
using Multiprocessing;

namespace Services.Contenders;

/// <summary>A <see cref="ManagerServer"/> of this library in another process, over a unix socket. Each client has a connection of its own.</summary>
internal sealed class ManagerSocketContender : ClientContender
{
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"manager-{Guid.NewGuid():N}.sock");
    private ServerProcess? _server;

    public override string Name => Catalog.ManagerSocket;

    public override bool Does(Work work) => work.Kind is not Kind.Stream;

    protected override void Start() => _server = ServerProcess.Start(ManagerSocketServer.Argument, _socket).WaitUntilReady();

    protected override Client Connect()
    {
        var client = ManagerClient.Connect(new UnixDomainSocketEndPoint(_socket));
        return new ConnectedClient(
            client, client.Dictionary<int, int>(ManagerSocketServer.Numbers), client.Dictionary<int, byte[]>(ManagerSocketServer.Arrays));
    }

    protected override void Stop() => _server!.Dispose();

    private sealed class ConnectedClient(ManagerClient client, IManagedDictionary<int, int> numbers, IManagedDictionary<int, byte[]> arrays)
        : DictionaryClient(numbers, arrays)
    {
        public override void Dispose()
        {
            base.Dispose();
            client.Dispose();
        }
    }
}

/// <summary>The server process of <see cref="ManagerSocketContender"/>.</summary>
internal static class ManagerSocketServer
{
    public const string Argument = "manager-server";
    public const string Numbers = "numbers";
    public const string Arrays = "arrays";

    public static async Task RunAsync(string socket)
    {
        await using var server = new ManagerServer();
        server.AddDictionary<int, int>(Numbers);
        server.AddDictionary<int, byte[]>(Arrays);
        server.Start(new UnixDomainSocketEndPoint(socket));
        await using (var client = await ManagerClient.ConnectAsync(server.LocalEndPoint).ConfigureAwait(false))
        {
            await client.Dictionary<int, int>(Numbers).SetAsync(ManagerContender.Key, 1).ConfigureAwait(false);
        }

        Console.WriteLine("ready");
        _ = await Console.In.ReadToEndAsync().ConfigureAwait(false);
    }
}

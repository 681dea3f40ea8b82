using System.Net;
using System.Text;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Managers between programs.</summary>
public class ManagerServerExamples
{
    private static readonly byte[] Key = Encoding.UTF8.GetBytes("secret");

    [Fact]
    public async Task Manager_server()
    {
        var key = Key;
        #region ManagerServer
        await using var server = new ManagerServer(new() { Listener = { Key = key } });
        server.AddDictionary<string, int>("scores");
        server.AddQueue<string>("jobs", capacity: 1_000);
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        Console.WriteLine(server.LocalEndPoint); // where clients connect
        #endregion
        server.ClientCount.ShouldBe(0);
    }

    [Fact]
    public void Manager_server_options()
    {
        var key = Key;
        #region ManagerServerOptions
        var options = new ManagerServerOptions
        {
            Listener = { Key = key, MaxMessageBytes = 1 << 20 },
            Types = new RegisteredTypes().Register<ChatMessage>().Register<DayOfWeek>(),
            MaxClients = 100,
            MaxCallsPerClient = 50,
        };
        #endregion
        options.MaxClients.ShouldBe(100);
    }

    [Fact]
    public async Task Manager_client()
    {
        var key = Key;
        await using var server = new ManagerServer(new() { Listener = { Key = key } });
        server.AddDictionary<string, int>("scores");
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        var endPoint = server.LocalEndPoint;
        #region ManagerClient
        await using var client = await ManagerClient.ConnectAsync(endPoint, new() { Connection = { Key = key } });
        using var scores = client.Dictionary<string, int>("scores");
        await scores.AddOrUpdateAsync("Ada", 1, score => score + 1); // the function runs here
        #endregion
        scores["Ada"].ShouldBe(1);
    }

    [Fact]
    public void Manager_client_options()
    {
        var key = Key;
        #region ManagerClientOptions
        var options = new ManagerClientOptions
        {
            Connection = { Key = key, ConnectTimeout = TimeSpan.FromSeconds(3) },
            Types = new RegisteredTypes().Register<ChatMessage>().Register<DayOfWeek>(),
        };
        #endregion
        options.Types.ShouldNotBeNull();
    }

    [Fact]
    public async Task Manager_contract()
    {
        var key = Key;
        await using var server = new ManagerServer(new() { Listener = { Key = key } });
        server.AddDictionary<string, int>("scores");
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = await ManagerClient.ConnectAsync(server.LocalEndPoint, new() { Connection = { Key = key } });
        #region ManagerContractException
        try
        {
            client.Dictionary<string, long>("scores"); // the server has numbers of another type
        }
        catch (ManagerContractException exception)
        {
            Console.WriteLine(exception.Message); // names both types
        }
        #endregion
        Should.Throw<ManagerContractException>(() => client.Lock("scores"));
    }
}

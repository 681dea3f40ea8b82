using System.Diagnostics;
using StackExchange.Redis;

namespace Multiprocessing.ClusterTests;

/// <summary>Redis with a new directory, which writes each change to disk.</summary>
internal sealed class TestRedis : TestStore
{
    public override string Connection => $"127.0.0.1:{Port}";

    protected override Process Start()
    {
        var server = Find("redis-server");
        Directory.CreateDirectory(Folder);
        return Run(
            server, "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--appendonly", "yes", "--appendfsync", "always", "--save", "");
    }

    protected override async Task PingAsync()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(Connection + ",connectTimeout=1000");
        await connection.GetDatabase().PingAsync();
    }
}

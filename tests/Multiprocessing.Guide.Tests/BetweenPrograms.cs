using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/between-programs.md.</summary>
public class BetweenPrograms
{
    [Fact]
    public async Task Two_programs_of_one_user()
    {
        var path = Path.Combine(Path.GetTempPath(), $"mp-guide-{Guid.NewGuid():N}");
        #region programs-unix
        // The first program:
        await using var listener = ConnectionListener.Start(new UnixDomainSocketEndPoint(path));

        // The second program, of the same user:
        using var client = await Connection.ConnectAsync(new UnixDomainSocketEndPoint(path));
        client.SendBytes("scan page 7"u8);

        // The first one again:
        using var connection = await listener.AcceptAsync(TimeSpan.FromSeconds(30));
        byte[] request = connection.ReceiveBytes(maxLength: 1_000);
        #endregion
        request.ShouldBe("scan page 7"u8.ToArray());
    }

    [Fact]
    public async Task Many_clients_over_TCP()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        var served = 0;
        #region programs-tcp
        var listener = ConnectionListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new() { Key = key });
        Task serving = Task.Run(async () =>
        {
            await foreach (Connection connection in listener.AcceptAllAsync()) // ends when the listener is disposed
            {
                _ = Serve(connection);
            }
        });

        static async Task Serve(Connection connection)
        {
            using (connection)
            {
                byte[] message = await connection.ReceiveBytesAsync();
                await connection.SendBytesAsync(message);
            }
        }
        #endregion
        for (var i = 0; i < 3; i++)
        {
            using var client = await Connection.ConnectAsync(listener.LocalEndPoint, new() { Key = key });
            client.SendBytes([(byte)i]);
            client.ReceiveBytes().ShouldBe([(byte)i]);
            served++;
        }

        await listener.DisposeAsync();
        await serving;
        served.ShouldBe(3);
    }

    [Fact]
    public async Task A_program_of_Python()
    {
        if (!File.Exists("/usr/bin/python3") && Environment.GetEnvironmentVariable("PATH")?.Split(':').Any(static folder => File.Exists(Path.Combine(folder, "python3"))) != true)
        {
            Assert.Skip("There is no python3.");
        }

        #region programs-python
        byte[] key = "a shared secret"u8.ToArray();
        await using var listener = ConnectionListener.Start(
            new IPEndPoint(IPAddress.Loopback, 0), new() { Key = key, AllowLegacyMd5 = true }); // CPython before 3.12 has only HMAC-MD5
        int port = ((IPEndPoint)listener.LocalEndPoint).Port;
        string script =
            $"""
            from multiprocessing.connection import Client
            with Client(('127.0.0.1', {port}), authkey=b'a shared secret') as connection:
                connection.send_bytes(b'from Python')
            """;
        using var python = Process.Start("python3", ["-c", script]);
        using var connection = await listener.AcceptAsync();
        byte[] message = connection.ReceiveBytes();
        #endregion
        message.ShouldBe("from Python"u8.ToArray());
        await python.WaitForExitAsync();
    }
}

using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Messaging;

namespace Multiprocessing;

/// <summary>Members on one machine: a file instead of a database, ports of the loopback address that are free.</summary>
internal static class LocalMembership
{
    public static string FileOf(string? directory, string cluster)
    {
        if (cluster.Length == 0 || cluster.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0)
        {
            throw new ArgumentException($"'{cluster}' cannot be the name of a cluster on this machine, because it cannot be the name of a file.");
        }

        var folder = directory ?? Path.Combine(Path.GetTempPath(), $"multiprocessing-clusters-{Environment.UserName}");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            // Other users could otherwise replace the file, and with it the addresses to which work is sent.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return Path.Combine(folder, cluster + ".json");
    }

    public static void Configure(ISiloBuilder silo, string file)
    {
        silo.Services.AddSingleton<IMembershipTable>(new LocalMembershipTable(file));
        var port = FreePort();
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = IPAddress.Loopback;
            options.SiloPort = port;
            options.GatewayPort = 0;
            options.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, port);
        });
    }

    /// <summary>Another program may take the port before the silo listens. Its start then fails with the port's number.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

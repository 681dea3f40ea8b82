using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Multiprocessing;

/// <summary>The one endpoint of a member, as the options give it.</summary>
internal static class MemberEndpoint
{
    /// <param name="silo">The member.</param>
    /// <param name="network">The options.</param>
    /// <param name="membership">Where the members find each other: on this machine only, or not.</param>
    /// <exception cref="InvalidOperationException">The endpoint can be reached from other machines, and there is no certificate.</exception>
    public static void Configure(ISiloBuilder silo, ClusterNetwork network, ClusterMembership membership)
    {
        var address = network.Address ?? (membership.IsOneMachine ? IPAddress.Loopback : OfMachine());
        var listen = network.ListenAddress ?? address;
        var refusals = new ConnectionRefusals();
        silo.Services.AddSingleton(refusals);
        if (network.Certificates is null && !IPAddress.IsLoopback(listen))
        {
            throw new InvalidOperationException(
                $"The member would listen at {listen} without certificates, where other machines could connect to it and run code. Call "
                + $"{nameof(ClusterNetwork.UseTls)} of the option Network, on all members. If all of them are on this machine, set Network.Address "
                + "to IPAddress.Loopback instead.");
        }

        // Each user of the machine can connect to a loopback port, so members are never without certificates.
        var certificates = network.Certificates ?? new LocalCertificates(LocalMembership.FolderOf(membership.LocalDirectory));
        new MemberTls(certificates, network.PeerName, refusals).Apply(silo);

        var port = network.Port == 0 ? FreePort(listen) : network.Port;
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = address;
            options.SiloPort = port;
            options.GatewayPort = 0;
            options.SiloListeningEndpoint = new IPEndPoint(listen, port);
        });
    }

    /// <summary>The address of the interface that has a gateway, if there is one: the others are bridges of containers and the like.</summary>
    private static IPAddress OfMachine()
    {
        var found = from network in NetworkInterface.GetAllNetworkInterfaces()
                    where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
                    let properties = network.GetIPProperties()
                    from unicast in properties.UnicastAddresses
                    let address = unicast.Address
                    where !address.IsIPv6LinkLocal && !IPAddress.IsLoopback(address)
                    orderby properties.GatewayAddresses.Count > 0 descending, address.AddressFamily == AddressFamily.InterNetwork descending
                    select address;
        return found.FirstOrDefault() ?? IPAddress.Loopback;
    }

    /// <summary>Another program may take the port before the member listens. Its start then fails with the port's number.</summary>
    private static int FreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

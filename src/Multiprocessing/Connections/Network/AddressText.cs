using System.Net;
using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>Addresses in the texts of exceptions and records.</summary>
internal static class AddressText
{
    public static string Of(EndPoint? endPoint) => endPoint switch
    {
        null => "an unknown address",
        UnixDomainSocketEndPoint when endPoint.ToString() is { Length: > 0 } path => $"unix:{path}",
        UnixDomainSocketEndPoint => "a process of this machine",
        IPEndPoint => $"tcp:{endPoint}",
        DnsEndPoint dns => $"tcp:{dns.Host}:{dns.Port}",
        _ => endPoint.ToString() ?? "",
    };
}

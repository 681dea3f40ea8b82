using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace Multiprocessing;

/// <summary>
/// TLS between members. Each side presents a certificate, and accepts those of the cluster only (<see cref="MemberCertificates.RefusalOf"/>). The
/// name in the certificate is not compared with the address of the connection: members have changing addresses, and it is the authority that admits.
/// </summary>
internal sealed class MemberTls(MemberCertificates certificates, string? peerName, ConnectionRefusals refusals)
{
    /// <summary>What a client asks for if no name is required. Members do not compare it.</summary>
    public const string DefaultName = "member";

    public void Apply(ISiloBuilder silo) => silo.UseTls(options =>
    {
        options.LocalServerCertificateSelector = (_, _) => certificates.Own;
        options.LocalClientCertificateSelector = (_, _, _, _, _) => certificates.Own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = IsMember;
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = peerName ?? DefaultName;
    });

    private bool IsMember(X509Certificate2 certificate, X509Chain? offered, SslPolicyErrors errors)
    {
        if (certificates.RefusalOf(certificate, offered, peerName) is { } reason)
        {
            refusals.Add($"The certificate '{certificate.Subject}' of another member was refused: {reason}.");
            return false;
        }

        return true;
    }
}

/// <summary>Why connections were refused: the cause of a pool that finds no nodes.</summary>
internal sealed class ConnectionRefusals
{
    private volatile string? _last;

    /// <summary>Gets the last reason, or <see langword="null"/>.</summary>
    public string? Last => _last;

    public void Add(string reason) => _last = reason;
}

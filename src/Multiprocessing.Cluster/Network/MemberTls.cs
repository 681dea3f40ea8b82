using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace Multiprocessing;

/// <summary>
/// TLS between members. Each side presents a certificate, and accepts one of the cluster's authorities only. The name in the certificate is not
/// compared with the address of the connection: members have changing addresses, and it is the authority that admits.
/// </summary>
internal sealed class MemberTls(MemberCertificates certificates, string? peerName, ConnectionRefusals refusals)
{
    public void Apply(ISiloBuilder silo) => silo.UseTls(options =>
    {
        options.LocalServerCertificateSelector = (_, _) => certificates.Own;
        options.LocalClientCertificateSelector = (_, _, _, _, _) => certificates.Own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = IsMember;
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = peerName ?? "member";
    });

    private bool IsMember(X509Certificate2 certificate, X509Chain? offered, SslPolicyErrors errors)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(certificates.Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (offered is not null)
        {
            // Intermediate certificates that the other side has sent, and the usage that it needs: a client's or a server's.
            chain.ChainPolicy.ExtraStore.AddRange(offered.ChainPolicy.ExtraStore);
            foreach (var usage in offered.ChainPolicy.ApplicationPolicy)
            {
                chain.ChainPolicy.ApplicationPolicy.Add(usage);
            }
        }

        if (!chain.Build(certificate))
        {
            var reasons = string.Join(", ", chain.ChainStatus.Select(static status => status.StatusInformation.Trim()).Distinct());
            var authorities = string.Join(", ", certificates.Authorities.Select(static authority => $"'{authority.Subject}'"));
            refusals.Add($"The certificate '{certificate.Subject}' of another member was refused: {reasons}. It must be issued by an authority of "
                + $"this member ({authorities}).");
            return false;
        }

        if (peerName is not null && !certificate.MatchesHostname(peerName))
        {
            refusals.Add($"The certificate '{certificate.Subject}' of another member was refused: it does not have the name '{peerName}', which "
                + $"{nameof(ClusterNetwork)}.{nameof(ClusterNetwork.PeerName)} requires.");
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

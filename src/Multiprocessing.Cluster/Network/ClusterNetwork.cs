using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Multiprocessing;

/// <summary>
/// Where a member listens for the others, and by which certificates members recognize each other. A member that can be reached from other machines
/// requires certificates, because a program that can connect to a member can run code on it.
/// </summary>
/// <example>
/// <code>
/// var fixedPort = Host.CreateApplicationBuilder();
/// fixedPort.AddMultiprocessingNode(options =>
/// {
///     options.Membership.UseLocalhost();
///     options.Network.Port = 11111; // what the firewall admits
/// });
/// </code>
/// </example>
public sealed class ClusterNetwork
{
    internal ClusterNetwork()
    {
    }

    /// <summary>
    /// Gets or sets the address at which the other members reach this one. The default value is <see langword="null"/>: the loopback address if all
    /// members are on this machine (<see cref="ClusterMembership.UseLocalhost"/>), and this machine's first address otherwise.
    /// </summary>
    public IPAddress? Address { get; set; }

    /// <summary>
    /// Gets or sets the address at which the member listens, if that is another one than <see cref="Address"/>: in a container,
    /// <see cref="IPAddress.Any"/>. The default value is <see langword="null"/>: <see cref="Address"/>.
    /// </summary>
    public IPAddress? ListenAddress { get; set; }

    /// <summary>
    /// Gets or sets the TCP port at which the member listens. The default value is 0: a free one. Set it if a firewall admits only certain ports. A
    /// node and a caller on one machine have different ports.
    /// </summary>
    public int Port { get; set; }

    /// <summary>
    /// Gets or sets the DNS name that the certificate of each member must have, if the authority also issues certificates to others. The default
    /// value is <see langword="null"/>: each certificate of the authority is one of a member.
    /// </summary>
    public string? PeerName { get; set; }

    internal MemberCertificates? Certificates { get; private set; }

    /// <summary>
    /// Encrypts all connections between members by TLS 1.2 or 1.3, with certificates on both sides: a member without a certificate of the authority
    /// is refused. All members call it.
    /// </summary>
    /// <param name="certificate">
    /// The certificate of this member, with its private key. Its extended key usage, if it has one, contains client and server authentication.
    /// </param>
    /// <param name="authorities">
    /// The certificates of the authorities that issue the members' certificates. They are those of the cluster and not public ones, because each
    /// certificate that they issue admits to the cluster (<see cref="PeerName"/> restricts it). A certificate that signs itself is its own authority.
    /// </param>
    /// <exception cref="ArgumentException">The certificate has no private key, or there is no authority.</exception>
    public void UseTls(X509Certificate2 certificate, params X509Certificate2[] authorities)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(authorities);
        Certificates = new FixedCertificates(certificate, [.. authorities]);
    }

    /// <summary>
    /// As <see cref="UseTls(X509Certificate2, X509Certificate2[])"/>, with files in PEM format. They are read again when they have changed, so that a
    /// renewed certificate is used by new connections without a restart.
    /// </summary>
    /// <param name="certificateFile">The certificate of this member, behind it those of intermediate authorities, if there are any.</param>
    /// <param name="keyFile">Its private key, not encrypted.</param>
    /// <param name="authoritiesFile">The certificates of the authorities.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ArgumentException">A file does not contain what it should.</exception>
    public void UseTls(string certificateFile, string keyFile, string authoritiesFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificateFile);
        ArgumentException.ThrowIfNullOrEmpty(keyFile);
        ArgumentException.ThrowIfNullOrEmpty(authoritiesFile);
        Certificates = new CertificateFiles(certificateFile, keyFile, authoritiesFile);
    }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, IPEndPoint.MaxPort);
        if (Address is { } address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            throw new ArgumentException(
                $"{address} is no address at which other members can reach this one. Set {nameof(Address)} to an address of this machine, and "
                + $"{nameof(ListenAddress)} to {address}.",
                nameof(Address));
        }
    }
}

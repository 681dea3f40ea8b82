using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Multiprocessing;

/// <summary>The certificate of this member and the authorities that it trusts, as they are at a new connection.</summary>
internal abstract class MemberCertificates
{
    protected const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    protected const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    /// <summary>Gets the certificate with its private key.</summary>
    public abstract X509Certificate2 Own { get; }

    public abstract X509Certificate2Collection Authorities { get; }

    /// <summary>Decides whether a certificate is one of a member.</summary>
    /// <param name="certificate">The certificate that the other side has proved to be its own.</param>
    /// <param name="offered">What the other side has sent with it.</param>
    /// <param name="peerName">The name that it must have, or <see langword="null"/>.</param>
    /// <returns>The reason to refuse it, or <see langword="null"/>.</returns>
    public virtual string? RefusalOf(X509Certificate2 certificate, X509Chain? offered, string? peerName)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
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
            var authorities = string.Join(", ", Authorities.Select(static authority => $"'{authority.Subject}'"));
            return $"{reasons}. It must be issued by an authority of this member ({authorities})";
        }

        return peerName is null || certificate.MatchesHostname(peerName)
            ? null
            : $"it does not have the name '{peerName}', which {nameof(ClusterNetwork)}.{nameof(ClusterNetwork.PeerName)} requires";
    }

    /// <summary>The TLS of Windows cannot use a key that exists only in memory; the copy has one in a store.</summary>
    protected static X509Certificate2 WithUsableKey(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);

    protected static void Check(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        if (!certificate.HasPrivateKey)
        {
            throw new ArgumentException(
                $"The certificate '{certificate.Subject}' has no private key, so this member cannot prove that it is its own.");
        }

        if (authorities.Count == 0)
        {
            throw new ArgumentException("No authority is given. Without one, certificates of other members cannot be verified.");
        }
    }
}

/// <summary>Certificates that the program has loaded. They belong to the program.</summary>
internal sealed class FixedCertificates : MemberCertificates
{
    public FixedCertificates(X509Certificate2 own, X509Certificate2Collection authorities)
    {
        Check(own, authorities);
        Own = own;
        Authorities = authorities;
    }

    public override X509Certificate2 Own { get; }

    public override X509Certificate2Collection Authorities { get; }
}

/// <summary>Certificates in PEM files, read again when one of the files has changed.</summary>
internal sealed class CertificateFiles : MemberCertificates
{
    private readonly string[] _files;
    private readonly Lock _gate = new();
    private DateTime[] _times;
    private (X509Certificate2 Own, X509Certificate2Collection Authorities) _current;

    public CertificateFiles(string certificateFile, string keyFile, string authoritiesFile)
    {
        _files = [Path.GetFullPath(certificateFile), Path.GetFullPath(keyFile), Path.GetFullPath(authoritiesFile)];
        _times = Times();
        _current = Read();
    }

    public override X509Certificate2 Own => Current().Own;

    public override X509Certificate2Collection Authorities => Current().Authorities;

    private (X509Certificate2 Own, X509Certificate2Collection Authorities) Current()
    {
        lock (_gate)
        {
            var times = Times();
            if (!times.AsSpan().SequenceEqual(_times))
            {
                try
                {
                    // What was read before is not disposed: connections that begin at this moment may use it.
                    _current = Read();
                    _times = times;
                }
                catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
                {
                    // The files are written one after the other, and do not match at this moment. The next connection reads them again.
                }
            }

            return _current;
        }
    }

    private DateTime[] Times() => [.. _files.Select(File.GetLastWriteTimeUtc)];

    private (X509Certificate2 Own, X509Certificate2Collection Authorities) Read()
    {
        try
        {
            using var read = X509Certificate2.CreateFromPemFile(_files[0], _files[1]);
            var own = WithUsableKey(read);
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(_files[2]);
            Check(own, authorities);
            return (own, authorities);
        }
        catch (CryptographicException error)
        {
            throw new ArgumentException(
                $"The certificate {_files[0]}, its key {_files[1]} and the authorities {_files[2]} cannot be read: {error.Message}", error);
        }
    }
}

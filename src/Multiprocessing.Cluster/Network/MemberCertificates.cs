using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Multiprocessing;

/// <summary>The certificate of this member and the authorities that it trusts, as they are at a new connection.</summary>
internal abstract class MemberCertificates
{
    /// <summary>Gets the certificate with its private key.</summary>
    public abstract X509Certificate2 Own { get; }

    public abstract X509Certificate2Collection Authorities { get; }

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

            // The TLS of Windows cannot use a key that exists only in memory; the copy has one in a store.
            var own = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
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

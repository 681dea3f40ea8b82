using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Multiprocessing.ClusterTests;

/// <summary>An authority that issues certificates to members.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset To = DateTimeOffset.UtcNow.AddDays(30);

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        Certificate = request.CreateSelfSigned(From, To);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>Uses the certificate and the authority of a directory (<see cref="Write"/>).</summary>
    public static void Use(ClusterNetwork network, string folder) =>
        network.UseTls(Path.Combine(folder, "member.pem"), Path.Combine(folder, "member.key"), Path.Combine(folder, "authority.pem"));

    public X509Certificate2 Issue(string name, string dnsName = "member", DateTimeOffset? to = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientUsage), new Oid(ServerUsage)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dnsName);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(Certificate, From, to ?? To, RandomNumberGenerator.GetBytes(8));
        using var own = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Writes the files of a member.</summary>
    public string Write(string folder, X509Certificate2 member, X509Certificate2? trusted = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "member.pem"), member.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "member.key"), member.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "authority.pem"), (trusted ?? Certificate).ExportCertificatePem());
        return folder;
    }

    public void Dispose() => Certificate.Dispose();
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The certificate of the members of one user on one machine: one for all of them, in a file that only this user may read. The first member makes it.
/// Another user's program can connect to a member's loopback port, but has no certificate that the member accepts.
/// </summary>
/// <remarks>
/// <para>
/// A member is accepted if its certificate is in the file, byte for byte, so that a clock that is wrong refuses no member. Time decides only when
/// the key is made anew: in the second half of the certificate's life, or if the clock is outside of it. The certificates before it stay in the file
/// without their keys, for handshakes that have begun with them. A file that is missing, that is damaged as a full disk leaves it, or that other
/// users can read, is made anew in the same way.
/// </para>
/// <para>
/// Each handshake reads the file if it has changed, so all members have the new certificate at their next connection. Connections that exist are
/// not affected.
/// </para>
/// <para>
/// Killed while it makes a certificate: the lock ends with the process, and the file is the old or the new one (<see cref="PrivateFile.Replace"/>).
/// Key and certificate are in one file, so they always match.
/// </para>
/// </remarks>
internal sealed class LocalCertificates : MemberCertificates
{
    public const string FileName = "members.pem";

    public static readonly TimeSpan Life = TimeSpan.FromDays(60);

    /// <summary>The certificate begins earlier than its making by this, for a clock that is set back a little.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromDays(1);

    private const int MaxFormer = 4;

    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private (DateTime Time, long Length) _stamp;
    private X509Certificate2? _own;
    private X509Certificate2Collection _accepted = [];

    /// <param name="folder">A directory in which only this user may write (<see cref="LocalMembership"/>).</param>
    /// <param name="time">The clock.</param>
    public LocalCertificates(string folder, TimeProvider? time = null)
    {
        _file = Path.Combine(folder, FileName);
        _time = time ?? TimeProvider.System;
        Refresh();
    }

    public override X509Certificate2 Own
    {
        get
        {
            lock (_gate)
            {
                Refresh();
                return _own!;
            }
        }
    }

    /// <summary>Gets the certificates that are accepted, the current one first.</summary>
    public override X509Certificate2Collection Authorities
    {
        get
        {
            lock (_gate)
            {
                Refresh();
                return _accepted;
            }
        }
    }

    /// <summary>The name is not compared: it is the same in all certificates of the file.</summary>
    public override string? RefusalOf(X509Certificate2 certificate, X509Chain? offered, string? peerName)
    {
        var presented = certificate.RawDataMemory.Span;
        foreach (var accepted in Authorities)
        {
            if (CryptographicOperations.FixedTimeEquals(accepted.RawDataMemory.Span, presented))
            {
                return null;
            }
        }

        return $"it is not the one of the members of this user, which is in {_file}. Members of other users, or with another directory, require "
            + $"{nameof(ClusterNetwork)}.{nameof(ClusterNetwork.UseTls)} on all members";
    }

    private void Refresh()
    {
        try
        {
            if (!TryRead() || !IsFresh(_own!))
            {
                using var held = FileLock.Acquire(_file + ".lock");
                if (!TryRead() || !IsFresh(_own!)) // another member may have made it meanwhile
                {
                    Make();
                }
            }
        }
        catch (Exception error) when (_own is not null && error is IOException or UnauthorizedAccessException)
        {
            // The disk is full or the directory is missing. What this process has is still what the others accept.
        }
    }

    private bool IsFresh(X509Certificate2 certificate)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return now >= certificate.NotBefore.ToUniversalTime() && now < certificate.NotAfter.ToUniversalTime() - (Life / 2);
    }

    /// <returns>Whether the file has a certificate with its key, which then is <see cref="_own"/>.</returns>
    private bool TryRead()
    {
        var info = new FileInfo(_file);
        if (!info.Exists)
        {
            return false;
        }

        var stamp = (info.LastWriteTimeUtc, info.Length);
        if (_own is not null && stamp == _stamp)
        {
            return true;
        }

        try
        {
            if (PrivateDirectory.OpenTo(_file) is not null)
            {
                return false; // other users may have read the key
            }

            var text = File.ReadAllText(_file);
            using var read = X509Certificate2.CreateFromPem(text, text);
            var accepted = new X509Certificate2Collection();
            accepted.ImportFromPem(text);

            // What was read before is not disposed: connections that begin at this moment may use it.
            (_own, _accepted, _stamp) = (WithUsableKey(read), accepted, stamp);
            return true;
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or FileNotFoundException)
        {
            return false;
        }
    }

    private void Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName($"multiprocessing members of {Environment.UserName}");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUsage), new Oid(ClientUsage)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(MemberTls.DefaultName);
        request.CertificateExtensions.Add(names.Build());
        var now = _time.GetUtcNow();
        using var made = request.CreateSelfSigned(now - Skew, now + Life);
        var text = new StringBuilder(key.ExportPkcs8PrivateKeyPem()).Append('\n').Append(made.ExportCertificatePem()).Append('\n');
        foreach (var former in _accepted.Take(MaxFormer))
        {
            text.Append(former.ExportCertificatePem()).Append('\n');
        }

        PrivateFile.Replace(_file, Encoding.ASCII.GetBytes(text.ToString()));
        _stamp = default;
        if (!TryRead())
        {
            throw new IOException($"The certificate of the members in {_file} cannot be read after it was written.");
        }
    }
}

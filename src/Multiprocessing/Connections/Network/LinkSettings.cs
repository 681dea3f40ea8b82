using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The checked options of one side, which later changes of the options object do not affect.</summary>
internal sealed class LinkSettings
{
    public const long DefaultMaxMessageBytes = 256L << 20;

    public static readonly TimeSpan DefaultKeepAlive = TimeSpan.FromSeconds(60);

    private LinkSettings(byte[]? key) => Key = key is null ? null : [.. key];

    public byte[]? Key { get; }

    public bool IsListener { get; private init; }

    public long MaxMessageBytes { get; private init; }

    public RegisteredTypes? Types { get; private init; }

    public TimeSpan IdleTimeout { get; private init; }

    public TimeSpan KeepAlive { get; private init; }

    public bool AllowLegacyMd5 { get; private init; }

    public bool AllowOtherUsers { get; private init; }

    public SslServerAuthenticationOptions? ServerTls { get; private init; }

    public SslClientAuthenticationOptions? ClientTls { get; private init; }

    public static LinkSettings Of(ConnectionOptions options, EndPoint endPoint)
    {
        CheckTime(options.ConnectTimeout, nameof(options.ConnectTimeout));
        var settings = new LinkSettings(options.Key)
        {
            MaxMessageBytes = options.MaxMessageBytes,
            Types = options.Types,
            IdleTimeout = options.IdleTimeout,
            KeepAlive = options.KeepAlive,
            AllowLegacyMd5 = options.AllowLegacyMd5,
            AllowOtherUsers = options.AllowOtherUsers,
            ClientTls = options.Tls,
        };
        settings.Check(endPoint);
        if (options.Tls is { TargetHost: null or "" })
        {
            throw new ArgumentException("TLS needs the name in the listener's certificate: set Tls.TargetHost.", nameof(options));
        }

        return settings;
    }

    public static LinkSettings Of(ConnectionListenerOptions options, EndPoint endPoint)
    {
        CheckTime(options.HandshakeTimeout, nameof(options.HandshakeTimeout));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Backlog);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxPendingHandshakes);
        var settings = new LinkSettings(options.Key)
        {
            IsListener = true,
            MaxMessageBytes = options.MaxMessageBytes,
            Types = options.Types,
            IdleTimeout = options.IdleTimeout,
            KeepAlive = options.KeepAlive,
            AllowLegacyMd5 = options.AllowLegacyMd5,
            AllowOtherUsers = options.AllowOtherUsers,
            ServerTls = options.Tls,
        };
        settings.Check(endPoint);
        return settings;
    }

    private static void CheckTime(TimeSpan time, string name)
    {
        if (time <= TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, $"{name} must be positive, or Timeout.InfiniteTimeSpan.");
        }
    }

    private void Check(EndPoint endPoint)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxMessageBytes);
        CheckTime(IdleTimeout, nameof(IdleTimeout));
        if (KeepAlive < TimeSpan.FromSeconds(1) && KeepAlive != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(KeepAlive), KeepAlive, "KeepAlive must be at least a second, or Timeout.InfiniteTimeSpan.");
        }

        if (Key is { Length: 0 })
        {
            throw new ArgumentException("An empty key protects nothing. Use at least 16 random bytes, or null for no key.", nameof(Key));
        }

        switch (endPoint)
        {
            case NamedPipeEndPoint when !OperatingSystem.IsWindows():
                throw new PlatformNotSupportedException($"{endPoint} is a named pipe of Windows. Use a {nameof(UnixDomainSocketEndPoint)} here.");
            case NamedPipeEndPoint when ServerTls is not null || ClientTls is not null:
                throw new ArgumentException($"{endPoint} is a named pipe, which does not leave this machine: TLS is for sockets.", nameof(endPoint));
            case NamedPipeEndPoint:
                break;
            case UnixDomainSocketEndPoint when Key is null && !PeerUser.IsKnown:
                throw new ArgumentException(
                    $"{endPoint} needs a Key: this system does not report which user is at the other side of a unix-domain socket.",
                    nameof(endPoint));
            case UnixDomainSocketEndPoint:
                break;
            case IPEndPoint or DnsEndPoint when Key is null:
                throw new ArgumentException(
                    $"{endPoint} needs a Key: every process that reaches the address could connect. Set Key to the same secret bytes on both "
                    + $"sides, or use a {nameof(UnixDomainSocketEndPoint)}, which only your own processes can open.",
                    nameof(endPoint));
            case IPEndPoint:
                break;
            case DnsEndPoint when !IsListener:
                break;
            default:
                throw new ArgumentException(
                    $"{endPoint} ({endPoint.GetType()}) is no address for {(IsListener ? "a listener" : "a connection")}: use a "
                    + $"{nameof(UnixDomainSocketEndPoint)}, an {nameof(IPEndPoint)}{(IsListener ? "" : $", a {nameof(DnsEndPoint)}")} or a "
                    + $"{nameof(NamedPipeEndPoint)}.",
                    nameof(endPoint));
        }

        if (AllowOtherUsers && Key is null)
        {
            throw new ArgumentException("AllowOtherUsers needs a Key: without one, the user is all that is checked.", nameof(AllowOtherUsers));
        }
    }
}

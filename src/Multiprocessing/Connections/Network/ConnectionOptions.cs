using System.Net.Security;

namespace Multiprocessing;

/// <summary>Options of <c>Connection.Connect</c>; read once, when the connection is made.</summary>
/// <example>
/// <code>
/// var options = new ConnectionOptions
/// {
///     Key = key,
///     ConnectTimeout = TimeSpan.FromSeconds(3),
///     AllowLegacyMd5 = true, // the other side may be CPython before 3.12
/// };
/// using var connection = await Connection.ConnectAsync(endPoint, options);
/// </code>
/// </example>
public sealed class ConnectionOptions
{
    /// <summary>
    /// Gets or sets the secret that both sides must have; any number of bytes, at least 16 random ones if others can reach the address. It is never
    /// sent. The default is <see langword="null"/>: then only a unix-domain socket or a named pipe of the same user is accepted.
    /// </summary>
    public byte[]? Key { get; set; }

    /// <summary>
    /// Gets or sets the time for connecting, TLS and the handshake together. The default is 10 seconds. The value must be positive, or
    /// <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets the maximum length of a received message, in bytes. Receiving a longer one throws <see cref="MessageTooLargeException"/>.
    /// Memory is allocated as the bytes arrive, never by the length that the other side claims. The default is 256 MiB. The value must be positive.
    /// </summary>
    public long MaxMessageBytes { get; set; } = LinkSettings.DefaultMaxMessageBytes;

    /// <summary>
    /// Gets or sets the types whose values <see cref="Connection.Send{T}(T, CancellationToken)"/> and
    /// <see cref="Connection.Receive{T}(CancellationToken)"/> carry; the other side has the same. The default value is <see langword="null"/>: only
    /// types that need no registration, such as numbers, texts, times, and arrays of them.
    /// </summary>
    public RegisteredTypes? Types { get; set; }

    /// <summary>
    /// Gets or sets how long a receive waits for the next byte of the other side; then it closes the connection and throws
    /// <see cref="ConnectionClosedException"/>. The default is <see cref="Timeout.InfiniteTimeSpan"/>: a silent peer is no error. The value must be
    /// positive or infinite.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Gets or sets how long a TCP connection is silent before the system asks the other machine whether it is still there; after four unanswered
    /// questions, one every fourth of this time, the connection is broken. The default is 60 seconds, so a machine that was switched off is noticed
    /// within two minutes, also while bytes that were sent to it wait for their acknowledgement. <see cref="Timeout.InfiniteTimeSpan"/> never asks.
    /// At least 1 second.
    /// </summary>
    public TimeSpan KeepAlive { get; set; } = LinkSettings.DefaultKeepAlive;

    /// <summary>
    /// Gets or sets whether HMAC-MD5 is accepted, for CPython up to 3.11 on the other side. The default is <see langword="false"/>: HMAC-SHA256 or
    /// better, as CPython since 3.12 has it.
    /// </summary>
    public bool AllowLegacyMd5 { get; set; }

    /// <summary>
    /// Gets or sets whether a unix-domain socket of another user is accepted. Requires a <see cref="Key"/>. The default is <see langword="false"/>.
    /// </summary>
    public bool AllowOtherUsers { get; set; }

    /// <summary>
    /// Gets or sets how the connection is encrypted by TLS; <see cref="SslClientAuthenticationOptions.TargetHost"/> must be set. The handshake with
    /// the
    /// <see cref="Key"/> takes place inside. The default is <see langword="null"/>: no encryption. Not for named pipes.
    /// </summary>
    public SslClientAuthenticationOptions? Tls { get; set; }
}

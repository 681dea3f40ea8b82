using System.Net.Security;

namespace Multiprocessing;

/// <summary>Options of a <see cref="ConnectionListener"/>; read once, when it starts.</summary>
/// <example>
/// <code>
/// var options = new ConnectionListenerOptions
/// {
///     Key = key,
///     MaxMessageBytes = 1 &lt;&lt; 20,                   // longer messages are refused, before memory is allocated
///     HandshakeTimeout = TimeSpan.FromSeconds(2),  // a silent client is closed
///     IdleTimeout = TimeSpan.FromMinutes(5),
///     OnRejected = error => Console.WriteLine(error.Message),
/// };
/// using var listener = ConnectionListener.Start(new IPEndPoint(IPAddress.Loopback, 0), options);
/// </code>
/// </example>
public sealed class ConnectionListenerOptions
{
    /// <summary>
    /// Gets or sets the secret that both sides must have; any number of bytes, at least 16 random ones if others can reach the address. It is never
    /// sent. The default is <see langword="null"/>: then only unix-domain sockets and named pipes are possible, and only for the same user.
    /// </summary>
    public byte[]? Key { get; set; }

    /// <summary>
    /// Gets or sets how many authenticated connections wait for <see cref="ConnectionListener.AcceptAsync(CancellationToken)"/>. If that many wait,
    /// no more are taken from the system, which keeps as many again, and at least 128. The default is 128. The value must be positive.
    /// </summary>
    public int Backlog { get; set; } = 128;

    /// <summary>
    /// Gets or sets the time that a client has for TLS and the handshake together. A client that is silent, slow or dead costs no more. The default
    /// is 5 seconds. The value must be positive, or <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets the maximum number of clients in the handshake at the same time. If one more connects, the one that takes longest is rejected
    /// when it has had a second, so silent clients do not keep others out. The default is 64. The value must be positive.
    /// </summary>
    public int MaxPendingHandshakes { get; set; } = 64;

    /// <summary>
    /// Gets or sets the maximum length of a received message, in bytes. Receiving a longer one throws <see cref="MessageTooLargeException"/>.
    /// Memory is allocated as the bytes arrive, never by the length that the other side claims; before the handshake ends, the limit is 256 bytes.
    /// The default is 256 MiB. The value must be positive.
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
    /// Gets or sets whether other users of this machine may connect to a unix-domain socket; its file then has mode 0666 instead of 0600. Requires a
    /// <see cref="Key"/>. The default is <see langword="false"/>.
    /// </summary>
    public bool AllowOtherUsers { get; set; }

    /// <summary>
    /// Gets or sets how the connections are encrypted by TLS. The handshake with the <see cref="Key"/> takes place inside. The default is
    /// <see langword="null"/>: no encryption. Not for named pipes.
    /// </summary>
    public SslServerAuthenticationOptions? Tls { get; set; }

    /// <summary>
    /// Gets or sets a callback for each client that was rejected, which no accept reports: a wrong key, another user, garbage, a time-out. It runs
    /// on a thread of the thread pool, several times at once if several are rejected. A record is logged in any case. The default is
    /// <see langword="null"/>.
    /// </summary>
    public Action<ConnectionAuthenticationException>? OnRejected { get; set; }
}

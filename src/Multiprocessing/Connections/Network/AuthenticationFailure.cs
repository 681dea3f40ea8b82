namespace Multiprocessing;

/// <summary>What failed when a connection was to be authenticated.</summary>
/// <example>
/// <code>
/// if (error.Reason == AuthenticationFailure.Key)
/// {
///     Console.WriteLine("Give both programs the same key.");
/// }
/// </code>
/// </example>
public enum AuthenticationFailure
{
    /// <summary>Nothing failed.</summary>
    None = 0,

    /// <summary>The other side does not have the same key.</summary>
    Key = 1,

    /// <summary>
    /// The other side authenticates only with a digest that is not allowed here, such as HMAC-MD5 of CPython before 3.12:
    /// <see cref="ConnectionOptions.AllowLegacyMd5"/>.
    /// </summary>
    Digest = 2,

    /// <summary>The other side sent bytes that do not belong to the handshake: it is another protocol, or has no key.</summary>
    Protocol = 3,

    /// <summary>The other side belongs to another user of this machine.</summary>
    User = 4,

    /// <summary>TLS could not be set up: a certificate is missing or not trusted, or the other side does not use TLS.</summary>
    Tls = 5,

    /// <summary>The other side did not complete the handshake in time.</summary>
    TimedOut = 6,

    /// <summary>The other side closed the connection during the handshake.</summary>
    Closed = 7,
}

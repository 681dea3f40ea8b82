using System.Net;
using System.Security.Authentication;

namespace Multiprocessing;

/// <summary>
/// The exception that is thrown when the two sides of a connection could not prove to each other that they have the same key, or that they belong to
/// the same user. The message contains no part of a key.
/// </summary>
/// <example>
/// <code>
/// try
/// {
///     using var connection = await Connection.ConnectAsync(endPoint, new() { Key = anotherKey });
/// }
/// catch (ConnectionAuthenticationException exception)
/// {
///     Console.WriteLine(exception.Message); // "The listener at tcp:127.0.0.1:40123 rejected the key of this process. ..."
/// }
/// </code>
/// </example>
public sealed class ConnectionAuthenticationException : AuthenticationException
{
    /// <summary>Initializes a new instance of the <see cref="ConnectionAuthenticationException"/> class.</summary>
    /// <param name="message">A message that states what failed, with which address, and the way out.</param>
    /// <param name="reason">What failed.</param>
    /// <param name="endPoint">The address of the listener, or of the client if this process is the listener.</param>
    /// <param name="wasFoundHere">Whether this process found the failure.</param>
    /// <param name="innerException">The cause, or <see langword="null"/>.</param>
    public ConnectionAuthenticationException(
        string message, AuthenticationFailure reason, EndPoint? endPoint, bool wasFoundHere, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
        EndPoint = endPoint;
        WasFoundHere = wasFoundHere;
    }

    /// <summary>Gets what failed.</summary>
    public AuthenticationFailure Reason { get; }

    /// <summary>
    /// Gets the address: of the listener for <c>Connection.Connect</c>, of the client for a listener. <see langword="null"/> if it is not known.
    /// </summary>
    public EndPoint? EndPoint { get; }

    /// <summary>Gets whether this process rejected the other side. False if the other side rejected this process.</summary>
    public bool WasFoundHere { get; }
}

namespace Multiprocessing;

/// <summary>
/// The exception that is thrown when the other side of a connection is closed: by <c>Send</c>, because no process could receive the message, and by
/// <c>Receive</c>, when all messages of the other side were received. It says how the last process of the other side ended, if that is known.
/// </summary>
/// <example>
/// <code>
/// var (here, there) = ProcessPipe.Create();
/// using var child = ChildProcess.Run(() =>
/// {
///     there.Send("the only message");
///     Environment.FailFast("The native library is broken.");
/// });
/// Console.WriteLine(here.Receive&lt;string>());
/// try
/// {
///     here.Receive&lt;string>();
/// }
/// catch (ConnectionClosedException exception)
/// {
///     Console.WriteLine($"process {exception.ProcessId}: {exception.ExitStatus}"); // how the other side ended
/// }
/// </code>
/// </example>
public sealed class ConnectionClosedException : IOException
{
    /// <summary>Initializes a new instance of the <see cref="ConnectionClosedException"/> class.</summary>
    /// <param name="message">The message: what happened, and the way out.</param>
    /// <param name="processId">The id of the last process that held the other side; 0 if it is not known.</param>
    /// <param name="exitStatus">How that process ended; <see langword="null"/> if it is not known or the process still runs.</param>
    /// <param name="innerException">The cause; <see langword="null"/> if there is no other exception.</param>
    public ConnectionClosedException(string message, int processId = 0, ExitStatus? exitStatus = null, Exception? innerException = null)
        : base(message, innerException)
    {
        ProcessId = processId;
        ExitStatus = exitStatus;
    }

    /// <summary>Gets the id of the last process that held the other side; 0 if it is not known, as for a connection over a network.</summary>
    public int ProcessId { get; }

    /// <summary>Gets how that process ended; <see langword="null"/> if it disposed its end and still runs, or if it is not known.</summary>
    public ExitStatus? ExitStatus { get; }
}

/// <summary>
/// The exception that is thrown when a message is longer than a limit: that of the call that receives, that of the buffer given to
/// <c>ReceiveBytesInto</c>, or that of the connection.
/// </summary>
/// <example>
/// <code>
/// var (here, there) = ProcessPipe.Create();
/// here.SendBytes(new byte[5_000]);
/// try
/// {
///     there.ReceiveBytes(maxLength: 1_000);
/// }
/// catch (MessageTooLargeException exception)
/// {
///     Console.WriteLine(exception.Length);         // 5000: nothing was allocated for it
///     there.ReceiveBytes(maxLength: 5_000);        // it is still in the pipe
/// }
/// </code>
/// </example>
public sealed class MessageTooLargeException : IOException
{
    /// <summary>Initializes a new instance of the <see cref="MessageTooLargeException"/> class.</summary>
    /// <param name="message">The message: what happened, and the way out.</param>
    /// <param name="length">The length of the message in bytes.</param>
    /// <param name="limit">The limit in bytes.</param>
    /// <param name="content">The whole message, if it was received.</param>
    public MessageTooLargeException(string message, long length, long limit, ReadOnlyMemory<byte> content = default)
        : base(message)
    {
        Length = length;
        Limit = limit;
        Content = content;
    }

    /// <summary>Gets the length of the message in bytes.</summary>
    public long Length { get; }

    /// <summary>Gets the limit in bytes.</summary>
    public long Limit { get; }

    /// <summary>
    /// Gets the whole message if it was received all the same: a message that does not fit into the buffer of <c>ReceiveBytesInto</c> is in no pipe
    /// any more. Empty in all other cases.
    /// </summary>
    public ReadOnlyMemory<byte> Content { get; }
}

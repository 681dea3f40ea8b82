namespace Multiprocessing;

/// <summary>How a receive ended.</summary>
internal enum ReceiveOutcome
{
    /// <summary>One whole message was received.</summary>
    Received,

    /// <summary>There was no message in time; nothing was received.</summary>
    TimedOut,

    /// <summary>The other side is closed and all its messages were received: no message will follow.</summary>
    EndOfStream,

    /// <summary>
    /// The next message is longer than the caller's limit; <see cref="ReceivedMessage.Length"/> is its length. A transport that
    /// <see cref="MessageTransport.KeepsLargeMessages"/> still has it for a call with a larger limit; any other one is closed.
    /// </summary>
    TooLarge,
}

/// <summary>
/// One end of a channel of whole messages: what connections, services and managers are built on. Every message arrives whole and in the order in
/// which the messages were sent, or not at all.
/// <para>
/// All members are safe to call from any thread. One sender and one receiver at a time are fast; several take turns, and no message is torn.
/// </para>
/// </summary>
internal abstract class MessageTransport : IDisposable
{
    /// <summary>Gets whether this end sends. False for the receiving end of a one-way channel.</summary>
    public abstract bool CanSend { get; }

    /// <summary>Gets whether this end receives. False for the sending end of a one-way channel.</summary>
    public abstract bool CanReceive { get; }

    /// <summary>
    /// Gets whether both ends belong to one session and so to one build: values are written by <see cref="ValueSerializer"/>, and handles cross.
    /// </summary>
    public abstract bool SharesSession { get; }

    /// <summary>Gets whether a message that was too large for one call can be received by a later one with a larger limit.</summary>
    public abstract bool KeepsLargeMessages { get; }

    /// <summary>Gets the words for this channel in the texts of exceptions, such as "the pipe" or "the connection to unix:/run/x".</summary>
    public abstract string Description { get; }

    /// <summary>
    /// Gets whether a message or the end of the stream is there, so that <see cref="Receive"/> does not wait. It is true at the end of the stream.
    /// </summary>
    public abstract bool IsReadable { get; }

    /// <summary>Gets the condition that <see cref="IsReadable"/> is true, for waits on several objects.</summary>
    public abstract IWaitable Readable { get; }

    /// <summary>Gets whether the other side is closed and there is no message left.</summary>
    public abstract bool IsAtEnd { get; }

    /// <summary>Gets whether this end was disposed in this process.</summary>
    public abstract bool IsDisposed { get; }

    /// <summary>
    /// Sends one whole message; waits while there is no room for it. <see cref="MessageBuffer.MarkSent"/> is called right behind the commit. The
    /// caller stays the owner of the buffer and disposes it.
    /// </summary>
    /// <returns>False if there was no room in time; nothing was sent.</returns>
    /// <exception cref="ConnectionClosedException">No process holds the other side.</exception>
    /// <exception cref="MessageTooLargeException">The message is longer than the channel's limit; nothing was sent.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed in this process.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was room; nothing was sent.</exception>
    public abstract bool Send(MessageBuffer message, Deadline deadline, CancellationToken cancellationToken);

    /// <inheritdoc cref="Send"/>
    public abstract ValueTask<bool> SendAsync(MessageBuffer message, Deadline deadline, CancellationToken cancellationToken);

    /// <summary>Receives one whole message into memory of this process; waits while there is none.</summary>
    /// <param name="message">Receives the bytes; its earlier content is lost.</param>
    /// <param name="maxLength">The length of the longest message that is received, in bytes.</param>
    /// <param name="deadline">The end of the wait.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was received.</param>
    /// <exception cref="ObjectDisposedException">This end was disposed in this process.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was a message.</exception>
    public abstract ReceiveOutcome Receive(ReceivedMessage message, long maxLength, Deadline deadline, CancellationToken cancellationToken);

    /// <inheritdoc cref="Receive"/>
    public abstract ValueTask<ReceiveOutcome> ReceiveAsync(
        ReceivedMessage message, long maxLength, Deadline deadline, CancellationToken cancellationToken);

    /// <summary>
    /// No message will be sent any more by this end, in any process: the other end then reads the end of the stream, while this one still receives. A
    /// transport that cannot close one direction closes both when it is disposed, and does nothing here.
    /// </summary>
    public virtual void CompleteSending()
    {
    }

    /// <summary>Returns the error of a call at the end of the stream, with what is known about how the other side ended.</summary>
    /// <param name="wasSending">The call wanted to send.</param>
    public abstract ConnectionClosedException Closed(bool wasSending);

    /// <summary>Writes what another process needs to open the same end. Only an end of a pipe crosses to another process.</summary>
    /// <exception cref="CannotCrossException">This end cannot cross.</exception>
    public virtual void WriteHandle(HandleWriter writer) => throw new CannotCrossException(
        new Refusal(
            typeof(Connection),
            $"It is {Description}, and a connection over a socket belongs to one process. Use it there, and pass an end of a ProcessPipe."),
        this);

    /// <summary>Releases this end in this process. Calls that wait throw <see cref="ObjectDisposedException"/>. A second call does nothing.</summary>
    public abstract void Dispose();
}

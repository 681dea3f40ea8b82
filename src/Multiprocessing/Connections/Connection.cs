using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// One end of a channel of messages: an end of a <see cref="ProcessPipe"/>. A message is an object (<see cref="Send{T}(T, CancellationToken)"/>,
/// <see cref="Receive{T}(CancellationToken)"/>) or bytes (<see cref="SendBytes(ReadOnlySpan{byte}, CancellationToken)"/>,
/// <see cref="ReceiveBytes(CancellationToken)"/>). Messages of one sender arrive whole and in order.
/// <para>
/// When the other end is closed, because the last process that holds it has disposed it, exited or was killed, receiving ends after the last message:
/// with a <see cref="ConnectionClosedException"/>, or the end of <see cref="ReadAll{T}"/>. A process killed at any instruction leaves only whole
/// messages.
/// </para>
/// <para>
/// All members are safe to call from any thread, and an end of a pipe may be used by several processes at once: each message is received by one of
/// them.
/// </para>
/// </summary>
/// <example>
/// <code>
/// var (here, there) = ProcessPipe.Create();
/// using var child = ChildProcess.Run(static connection =>
/// {
///     byte[] header = connection.ReceiveBytes(); // a message of bytes
///     connection.Send((header.Length, "ok"));    // a message that is an object
/// }, there);
/// here.SendBytes([1, 2, 3]);
/// (int length, string answer) = here.Receive&lt;(int, string)>(TimeSpan.FromSeconds(30));
/// Console.WriteLine($"{length} {answer}"); // 3 ok
/// </code>
/// </example>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed partial class Connection : IDisposable, IAsyncDisposable, IProcessHandle<Connection>, IProcessWaitable
{
    private readonly MessageTransport _transport;

    // The same object, for the calls that have a shorter way over shared memory.
    private readonly PipeTransport? _pipe;

    internal Connection(MessageTransport transport)
    {
        _transport = transport;
        _pipe = transport as PipeTransport;
    }

    /// <summary>Gets whether this end sends: <see langword="false"/> for the receiving end of a one-way pipe.</summary>
    public bool CanSend => _transport.CanSend;

    /// <summary>Gets whether this end receives: <see langword="false"/> for the sending end of a one-way pipe.</summary>
    public bool CanReceive => _transport.CanReceive;

    /// <summary>Gets whether <see cref="Dispose"/> was called, on this object. The end may have other holders.</summary>
    public bool IsClosed => _transport.IsDisposed;

    internal MessageTransport Transport => _transport;

    IWaitable IProcessWaitable.Readiness => _transport.Readable;

    private string DebuggerText => _transport.Description + (IsClosed ? ", disposed" : "");

    /// <summary>
    /// Releases the end in this process; calls that wait at this object throw <see cref="ObjectDisposedException"/>. If this process was the last
    /// holder, the other end receives the messages that were sent before, and after them the end of the stream. A second call does nothing.
    /// </summary>
    public void Dispose() => _transport.Dispose();

    /// <summary>Releases the end in this process, like <see cref="Dispose"/>; it does not wait.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    /// <summary>Returns a description: <c>the pipe 'pages'</c>.</summary>
    public override string ToString() => _transport.Description;

    void IProcessHandle<Connection>.WriteHandle(HandleWriter writer) => _transport.WriteHandle(writer);

    static Connection IProcessHandle<Connection>.ReadHandle(ref HandleReader reader) => new(PipeTransport.Read(ref reader));

    private TimeoutException NotSent() =>
        new($"The message was not sent in time: {_transport.Description} is full, because the other end has not received what was sent before.");

    private TimeoutException NotReceived() => new($"No message arrived in time over {_transport.Description}.");
}

namespace Multiprocessing;

/// <summary>The client's side of the channel to a server.</summary>
internal sealed class ClientOwner(MessageTransport transport) : ChannelOwner
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isClosed;

    public Task Ended => _ended.Task;

    public CallChannel? Channel { get; set; }

    public override string Description => transport.Description;

    /// <summary>This program closes the connection: calls throw <see cref="ObjectDisposedException"/> from now on.</summary>
    public void Close() => _isClosed = true;

    public override Exception Died(string member, bool wasSent)
    {
        if (_isClosed)
        {
            return new ObjectDisposedException(nameof(ManagerClient), $"{member} was called on a client that was disposed ({Description}).");
        }

        if (Channel?.Failure is { } failure)
        {
            return new ConnectionClosedException(
                $"{member} was called, but this program has closed {Description}, because a message could not be read or sent: {failure.Message}",
                innerException: failure);
        }

        var closed = transport.Closed(wasSending: !wasSent);
        return new ConnectionClosedException(
            $"The connection to the manager ended {(wasSent ? "during" : "before")} the call of {member}. {closed.Message}", closed.ProcessId,
            closed.ExitStatus, closed);
    }

    public override void OnEnded(CallChannel channel) => LastResort.Queue(
        EntryPoint.ServiceWork, Tuple.Create(this, channel),
        static pair =>
        {
            if (pair.Item2.Failure is not null)
            {
                pair.Item2.Dispose(); // the server releases what this program held
            }

            pair.Item2.FailCalls();
            pair.Item1._ended.TrySetResult();
        },
        static (pair, _) => pair.Item1._ended.TrySetResult());
}

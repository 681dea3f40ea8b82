namespace Multiprocessing.Tests.Services.Calls;

/// <summary>One end of a pipe that fails as a test wants: no descriptors, no memory, no room, a thread that is interrupted.</summary>
internal sealed class FaultyTransport(MessageTransport inner) : MessageTransport
{
    private Exception? _receiveFailure;
    private Exception? _interruption;
    private Exception? _registrationFailure;
    private int _sendsWithoutRoom;

    /// <summary>Gets or sets what decides whether a message cannot be sent, and why.</summary>
    public Func<MessageBuffer, Exception?>? RefusesToSend { get; set; }

    /// <summary>Gets or sets what runs in place of the check whether there is a message; null for the check itself.</summary>
    public Func<bool?>? LooksForMessage { get; set; }

    public override bool CanSend => inner.CanSend;

    public override bool CanReceive => inner.CanReceive;

    public override bool SharesSession => inner.SharesSession;

    public override bool KeepsLargeMessages => inner.KeepsLargeMessages;

    public override string Description => inner.Description;

    public override bool IsReadable => LooksForMessage?.Invoke() ?? inner.IsReadable;

    public override IWaitable Readable => Interlocked.Exchange(ref _registrationFailure, null) is { } failure ? throw failure : inner.Readable;

    public override bool IsAtEnd => inner.IsAtEnd;

    public override bool IsDisposed => inner.IsDisposed;

    /// <summary>Gets whether a message is there, whatever the test says.</summary>
    public bool HasMessage => inner.IsReadable;

    /// <summary>The next receive finds a message and fails: it cannot map its ring, for example.</summary>
    public void FailNextMessage(Exception failure) => _receiveFailure = failure;

    /// <summary>The next receive ends before there is a message.</summary>
    public void InterruptNextReceive() => _interruption = new ThreadInterruptedException();

    /// <summary>The next wait without a thread cannot begin.</summary>
    public void FailNextRegistration(Exception failure) => _registrationFailure = failure;

    /// <summary>The next message finds no room, once.</summary>
    public void HaveNoRoomOnce() => _sendsWithoutRoom = 1;

    public static CallMessage KindOf(MessageBuffer message)
    {
        Span<byte> kind = stackalloc byte[1];
        message.CopyTo(0, kind);
        return (CallMessage)kind[0];
    }

    public override bool Send(MessageBuffer message, Deadline deadline, CancellationToken cancellationToken)
    {
        if (RefusesToSend?.Invoke(message) is { } refusal)
        {
            throw refusal;
        }

        return Interlocked.Exchange(ref _sendsWithoutRoom, 0) == 0 && inner.Send(message, deadline, cancellationToken);
    }

    public override ValueTask<bool> SendAsync(MessageBuffer message, Deadline deadline, CancellationToken cancellationToken) =>
        inner.SendAsync(message, deadline, cancellationToken);

    public override ReceiveOutcome Receive(ReceivedMessage message, long maxLength, Deadline deadline, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _interruption, null) is { } interruption)
        {
            throw interruption;
        }

        if (Interlocked.Exchange(ref _receiveFailure, null) is { } failure)
        {
            Eventually.Is(() => inner.IsReadable, "a message has arrived");
            throw failure;
        }

        return inner.Receive(message, maxLength, deadline, cancellationToken);
    }

    public override ValueTask<ReceiveOutcome> ReceiveAsync(
        ReceivedMessage message, long maxLength, Deadline deadline, CancellationToken cancellationToken) =>
        inner.ReceiveAsync(message, maxLength, deadline, cancellationToken);

    public override ConnectionClosedException Closed(bool wasSending) => inner.Closed(wasSending);

    public override void Dispose() => inner.Dispose();
}

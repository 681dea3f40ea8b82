using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Sending: one message is one item of the queue to the other end.</summary>
internal sealed partial class PipeTransport
{
    public override bool Send(MessageBuffer message, Deadline deadline, CancellationToken cancellationToken) =>
        SendBuffer(message, MessageKind.Frame, deadline, cancellationToken);

    public override ValueTask<bool> SendAsync(MessageBuffer message, Deadline deadline, CancellationToken cancellationToken) =>
        SendBufferAsync(message, MessageKind.Frame, deadline, cancellationToken);

    /// <summary>Before a value is serialized: a closed pipe needs no serialization to refuse it.</summary>
    public void ThrowBeforeSend()
    {
        if (Outgoing().HasEnded(QueueWaitKind.Space))
        {
            throw Closed(wasSending: true);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Sends what the buffer contains; the trailer that this adds is removed again if the message was not sent.</summary>
    public bool SendBuffer(MessageBuffer message, MessageKind kind, Deadline deadline, CancellationToken cancellationToken)
    {
        var mark = AppendTrailer(message, kind);
        var isSent = false;
        try
        {
            var payload = new BufferPayload(message);
            isSent = SendPayload(ref payload, deadline, cancellationToken);
            return isSent;
        }
        finally
        {
            if (!isSent)
            {
                message.RollBack(mark);
            }
        }
    }

    public ValueTask<bool> SendBufferAsync(MessageBuffer message, MessageKind kind, Deadline deadline, CancellationToken cancellationToken)
    {
        var mark = AppendTrailer(message, kind);
        var sending = SendPayloadAsync(new BufferPayload(message), deadline, cancellationToken);
        return sending.IsCompletedSuccessfully && sending.Result ? new(true) : Finish(sending, message, mark);

        static async ValueTask<bool> Finish(ValueTask<bool> sending, MessageBuffer message, MessageMark mark)
        {
            var isSent = false;
            try
            {
                isSent = await sending.ConfigureAwait(false);
                return isSent;
            }
            finally
            {
                if (!isSent)
                {
                    message.RollBack(mark);
                }
            }
        }
    }

    /// <summary>Sends one message.</summary>
    /// <returns>False if there was no room in time.</returns>
    /// <exception cref="ConnectionClosedException">The other end is closed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool SendPayload<TPayload>(ref TPayload payload, Deadline deadline, CancellationToken cancellationToken)
        where TPayload : struct, IPayloads, allows ref struct
    {
        var queue = Outgoing();
        cancellationToken.ThrowIfCancellationRequested();
        if (queue.HasEnded(QueueWaitKind.Space))
        {
            throw Closed(wasSending: true);
        }

        var done = 0;
        if (queue.Put(ref payload, ref done, deadline, cancellationToken) is QueueOutcome.Done)
        {
            GC.KeepAlive(this);
            return true;
        }

        return SendWaiting(ref payload, deadline, cancellationToken);
    }

    /// <inheritdoc cref="SendPayload"/>
    public ValueTask<bool> SendPayloadAsync<TPayload>(TPayload payload, Deadline deadline, CancellationToken cancellationToken)
        where TPayload : struct, IPayloads
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        try
        {
            return TrySend(ref payload) ? new(true) : SendSlowAsync(payload, deadline, cancellationToken);
        }
        catch (Exception exception)
        {
            // Every error is reported by the task, as by all asynchronous methods.
            return ValueTask.FromException<bool>(exception);
        }
    }

    private static MessageMark AppendTrailer(MessageBuffer message, MessageKind kind)
    {
        var mark = message.Mark();
        message.Write(PipeMessage.TagOf(kind));
        ItemTrailer.Append(message);
        return mark;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool SendWaiting<TPayload>(ref TPayload payload, Deadline deadline, CancellationToken cancellationToken)
        where TPayload : struct, IPayloads, allows ref struct
    {
        var wait = Outgoing().BeginWait(QueueWaitKind.Space, deadline);
        while (true)
        {
            var queue = Outgoing();
            var seen = queue.SequenceOf(QueueWaitKind.Space);
            if (TrySend(ref payload))
            {
                if (wait.Sleep.HasSlept)
                {
                    queue.PassOn(QueueWaitKind.Space);
                }

                return true;
            }

            if (!queue.Pause(ref wait, seen, cancellationToken))
            {
                return false;
            }
        }
    }

    private async ValueTask<bool> SendSlowAsync<TPayload>(TPayload payload, Deadline deadline, CancellationToken cancellationToken)
        where TPayload : struct, IPayloads
    {
        for (var round = 0; round < RoundsBeforeAwaiting && !deadline.HasPassed; round++)
        {
            if (!Outgoing().HasChangedSoon(QueueWaitKind.Space, Outgoing().SequenceOf(QueueWaitKind.Space)))
            {
                break;
            }

            if (TrySend(ref payload))
            {
                return true;
            }
        }

        while (true)
        {
            var waiter = Outgoing().SpaceWaiters.Enlist();
            try
            {
                if (TrySend(ref payload))
                {
                    return true;
                }

                if (deadline.HasPassed
                    || (!await waiter.Value.WaitAsync(deadline, cancellationToken).ConfigureAwait(false) && deadline.HasPassed))
                {
                    return false;
                }
            }
            finally
            {
                _outgoing!.SpaceWaiters.Withdraw(waiter);
                _outgoing.PassOnAsync(QueueWaitKind.Space);
            }
        }
    }

    private bool TrySend<TPayload>(ref TPayload payload)
        where TPayload : struct, IPayloads, allows ref struct
    {
        var queue = Outgoing();
        if (queue.HasEndedNow(QueueWaitKind.Space))
        {
            throw Closed(wasSending: true);
        }

        var done = 0;
        var outcome = queue.Put(ref payload, ref done, Deadline.Now, default);
        GC.KeepAlive(this);
        return outcome is QueueOutcome.Completed
            ? throw new InvalidOperationException($"The output of {Description} was completed, and no message can be sent after that.")
            : outcome is QueueOutcome.Done;
    }
}

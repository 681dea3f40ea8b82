using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>How a try to take a message ended.</summary>
internal enum TakeOutcome
{
    Taken,

    /// <summary>There was no message in time.</summary>
    TimedOut,
    EndOfStream,

    /// <summary>The sink refused the message, which is still in the pipe (<see cref="IMessageSink.Refusal"/>).</summary>
    Refused,
}

/// <summary>Receiving: one message is one item of the queue from the other end.</summary>
internal sealed partial class PipeTransport
{
    // A call that was overtaken by others so often awaits.
    private const int RoundsBeforeAwaiting = 4;

    public override ReceiveOutcome Receive(ReceivedMessage message, long maxLength, Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var sink = new MessageSink(message, maxLength, MessageKind.Frame);
            var outcome = Take(ref sink, deadline, cancellationToken);
            if (Finish(outcome, in sink, message) is { } end)
            {
                return end;
            }
        }
    }

    public override async ValueTask<ReceiveOutcome> ReceiveAsync(
        ReceivedMessage message, long maxLength, Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (outcome, sink) = await TakeAsync(new MessageSink(message, maxLength, MessageKind.Frame), deadline, cancellationToken)
                .ConfigureAwait(false);
            if (Finish(outcome, in sink, message) is { } end)
            {
                return end;
            }
        }
    }

    /// <summary>Takes one message into the sink; waits while there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TakeOutcome Take<TSink>(ref TSink sink, Deadline deadline, CancellationToken cancellationToken)
        where TSink : struct, IMessageSink, allows ref struct
    {
        var queue = Incoming();
        cancellationToken.ThrowIfCancellationRequested();
        if (queue.Take(ref sink, 1, out _, deadline, cancellationToken) is QueueOutcome.Done)
        {
            GC.KeepAlive(this);
            return TakeOutcome.Taken;
        }

        return TakeWaiting(ref sink, deadline, cancellationToken);
    }

    /// <inheritdoc cref="Take"/>
    public ValueTask<(TakeOutcome Outcome, TSink Sink)> TakeAsync<TSink>(TSink sink, Deadline deadline, CancellationToken cancellationToken)
        where TSink : struct, IMessageSink
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<(TakeOutcome, TSink)>(cancellationToken);
        }

        try
        {
            return TryTake(ref sink) is { } outcome ? new((outcome, sink)) : TakeSlowAsync(sink, deadline, cancellationToken);
        }
        catch (Exception exception)
        {
            // Every error is reported by the task, as by all asynchronous methods.
            return ValueTask.FromException<(TakeOutcome, TSink)>(exception);
        }
    }

    /// <summary>Waits until there is a message or the end of the stream, and takes nothing.</summary>
    public bool Poll(Deadline deadline, CancellationToken cancellationToken)
    {
        var sink = default(PeekSink);
        return Take(ref sink, deadline, cancellationToken) is not TakeOutcome.TimedOut;
    }

    /// <inheritdoc cref="Poll"/>
    public async ValueTask<bool> PollAsync(Deadline deadline, CancellationToken cancellationToken) =>
        (await TakeAsync(default(PeekSink), deadline, cancellationToken).ConfigureAwait(false)).Outcome is not TakeOutcome.TimedOut;

    /// <summary>Returns the outcome, or null to try again with more memory.</summary>
    private ReceiveOutcome? Finish(TakeOutcome outcome, in MessageSink sink, ReceivedMessage message)
    {
        switch (outcome)
        {
            case TakeOutcome.Taken:
                return ReceiveOutcome.Received;
            case TakeOutcome.TimedOut:
                return ReceiveOutcome.TimedOut;
            case TakeOutcome.EndOfStream:
                return ReceiveOutcome.EndOfStream;
            default:
                switch (sink.Refusal)
                {
                    case MessageRefusal.NoMemory:
                        message.MakeRoom(sink.Length);
                        return null;
                    case MessageRefusal.TooLarge:
                        message.Length = sink.Length;
                        return ReceiveOutcome.TooLarge;
                    default:
                        throw new InvalidDataException(
                            $"A message of another kind ({PipeMessage.KindOf(sink.Tag)}) arrived at {Description}, which this library uses itself.");
                }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TakeOutcome TakeWaiting<TSink>(ref TSink sink, Deadline deadline, CancellationToken cancellationToken)
        where TSink : struct, IMessageSink, allows ref struct
    {
        var wait = Incoming().BeginWait(QueueWaitKind.Data, deadline);
        while (true)
        {
            var queue = Incoming();
            var seen = queue.SequenceOf(QueueWaitKind.Data);
            if (TryTake(ref sink) is { } outcome)
            {
                if (wait.Sleep.HasSlept)
                {
                    queue.PassOn(QueueWaitKind.Data);
                }

                return outcome;
            }

            if (!queue.Pause(ref wait, seen, cancellationToken))
            {
                return TakeOutcome.TimedOut;
            }
        }
    }

    private async ValueTask<(TakeOutcome Outcome, TSink Sink)> TakeSlowAsync<TSink>(
        TSink sink, Deadline deadline, CancellationToken cancellationToken)
        where TSink : struct, IMessageSink
    {
        for (var round = 0; round < RoundsBeforeAwaiting; round++)
        {
            var seen = Incoming().SequenceOf(QueueWaitKind.Data);
            if (TryTake(ref sink) is { } outcome)
            {
                return (outcome, sink);
            }

            if (deadline.HasPassed || !Incoming().HasChangedSoon(QueueWaitKind.Data, seen))
            {
                break;
            }
        }

        while (true)
        {
            var waiter = Incoming().DataWaiters.Enlist();
            try
            {
                if (TryTake(ref sink) is { } outcome)
                {
                    return (outcome, sink);
                }

                if (deadline.HasPassed
                    || (!await waiter.Value.WaitAsync(deadline, cancellationToken).ConfigureAwait(false) && deadline.HasPassed))
                {
                    return (TakeOutcome.TimedOut, sink);
                }
            }
            finally
            {
                _incoming!.DataWaiters.Withdraw(waiter);
                _incoming.PassOnAsync(QueueWaitKind.Data);
            }
        }
    }

    /// <summary>One try. Null if there is no message and the stream has not ended.</summary>
    private TakeOutcome? TryTake<TSink>(ref TSink sink)
        where TSink : struct, IMessageSink, allows ref struct
    {
        var queue = Incoming();

        // In this order: the end is final, so if there was no message after it was seen there never will be one.
        var hasEnded = queue.HasEndedNow(QueueWaitKind.Data) || queue.IsCompletionRequested;
        var outcome = queue.Take(ref sink, 1, out _, Deadline.Now, default);
        GC.KeepAlive(this);
        return outcome is QueueOutcome.Done ? TakeOutcome.Taken
            : sink.Refusal is not MessageRefusal.None ? TakeOutcome.Refused
            : hasEnded ? TakeOutcome.EndOfStream
            : null;
    }
}

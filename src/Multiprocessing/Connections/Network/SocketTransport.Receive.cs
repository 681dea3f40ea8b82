using System.Diagnostics;

namespace Multiprocessing;

internal sealed partial class SocketTransport
{
    public override ReceiveOutcome Receive(ReceivedMessage message, long maxLength, Deadline deadline, CancellationToken cancellationToken)
    {
        if (!Enter(_receiving, deadline, cancellationToken))
        {
            return ReceiveOutcome.TimedOut;
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                if (Take(message, maxLength, started) is { } outcome)
                {
                    return outcome;
                }

                if (deadline.HasPassed)
                {
                    return ReceiveOutcome.TimedOut;
                }

                _ = _link.WaitReadable(EndOfWait(deadline, started), cancellationToken);
            }
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(nameof(Connection));
        }
        finally
        {
            Leave(_receiving);
        }
    }

    public override async ValueTask<ReceiveOutcome> ReceiveAsync(
        ReceivedMessage message, long maxLength, Deadline deadline, CancellationToken cancellationToken)
    {
        if (!await EnterAsync(_receiving, deadline, cancellationToken).ConfigureAwait(false))
        {
            return ReceiveOutcome.TimedOut;
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                if (Take(message, maxLength, started) is { } outcome)
                {
                    return outcome;
                }

                if (deadline.HasPassed)
                {
                    return ReceiveOutcome.TimedOut;
                }

                _ = await _link.WaitReadableAsync(EndOfWait(deadline, started), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(nameof(Connection));
        }
        finally
        {
            Leave(_receiving);
        }
    }

    private ReceiveOutcome? Take(ReceivedMessage message, long maxLength, long started)
    {
        var state = _reader.Advance(maxLength);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        switch (state)
        {
            case FrameState.Complete:
                _reader.Take(message);
                return ReceiveOutcome.Received;
            case FrameState.TooLarge when _reader.Length > Limit:
                throw new MessageTooLargeException(
                    $"The next message of {Description} has {_reader.Length} bytes, more than its limit, MaxMessageBytes, of {Limit}. It cannot be "
                    + "received, and neither can those after it. Set a larger limit when the connection is made, or send less at once.",
                    _reader.Length,
                    Limit);
            case FrameState.TooLarge:
                message.Length = _reader.Length;
                return ReceiveOutcome.TooLarge;
            case FrameState.End:
                return ReceiveOutcome.EndOfStream;
        }

        if (IdleTimeout != Timeout.InfiniteTimeSpan && SilentFor(started) >= IdleTimeout)
        {
            var trouble = $"nothing arrived for {IdleTimeout.TotalSeconds:0.###} s, the idle timeout, so this side has closed it";
            _sendTrouble ??= trouble;
            _reader.End(trouble);
            _link.Dispose();
            return ReceiveOutcome.EndOfStream;
        }

        return null;
    }

    private Deadline EndOfWait(Deadline deadline, long started)
    {
        if (IdleTimeout == Timeout.InfiniteTimeSpan)
        {
            return deadline;
        }

        var left = IdleTimeout - SilentFor(started);
        return deadline.Remaining < left ? deadline : Deadline.After(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>
    /// Returns how long this receive has waited without a byte. What was before it does not count: the program may not have expected anything.
    /// </summary>
    private TimeSpan SilentFor(long started) => Stopwatch.GetElapsedTime(Math.Max(_reader.LastRead, started));
}

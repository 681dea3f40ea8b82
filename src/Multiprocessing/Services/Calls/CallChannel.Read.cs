using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Multiprocessing.Proxies;

namespace Multiprocessing;

// Reading messages: by the thread that waits for a reply, by the thread of a service, or in the background.
internal sealed partial class CallChannel
{
    private const int AloneBeforeSpinning = 4;
    private const int AloneAfterFailure = -64;
    private const int MostInTurn = 256;
    private const int CallsPerLook = 16;

    // In milliseconds: the code of a value's type may block the thread that reads.
    private const long MaxRemainingTime = 1_000;

    /// <summary>How long an asynchronous caller polls for its reply: about as long as a wake-up takes.</summary>
    private static readonly long SpinTicks = Stopwatch.Frequency / 50_000;

    // Asynchronous calls in a row that were made while there was no other.
    private int _alone;

    // Several threads may count at the same time, and lose some.
    private int _looks;

    /// <summary>Waits until the call is completed.</summary>
    public void WaitFor(CallRequest call)
    {
        while (!call.IsCompleted)
        {
            if (IsEnded || !_role.TryEnter())
            {
                SleepUntilCompleted(call);
                continue;
            }

            try
            {
                _background.Stop();
                _reads++;
                while (!call.IsCompleted && ReadOne(Deadline.Never, runsCalls: false) is not ReadResult.Ended)
                {
                }
            }
            finally
            {
                Leave();
            }
        }
    }

    /// <summary>Polls for the reply of an asynchronous call, if its caller makes one short call after the other.</summary>
    /// <returns>Whether it is completed.</returns>
    public bool SpinFor(CallRequest call)
    {
        if (_calls.Count != 1)
        {
            _alone = Math.Min(_alone, 0);
            ReadWhatIsThere();
            return call.IsCompleted;
        }

        var alone = Math.Min(_alone + 1, AloneBeforeSpinning);
        _alone = alone;
        if (alone != AloneBeforeSpinning || !Spin.IsUseful || !_role.TryEnter())
        {
            return call.IsCompleted;
        }

        try
        {
            _background.Stop();
            _reads++;
            var end = Stopwatch.GetTimestamp() + SpinTicks;
            do
            {
                for (var i = 0; i < 16 && !call.IsCompleted; i++)
                {
                    if (IsReadable)
                    {
                        ReadOne(Deadline.Now, runsCalls: false);
                    }

                    Spin.Pause();
                }
            }
            while (!call.IsCompleted && Stopwatch.GetTimestamp() < end);
        }
        finally
        {
            Leave();
        }

        if (!call.IsCompleted)
        {
            _alone = AloneAfterFailure;
            return false;
        }

        return true;
    }

    /// <summary>A caller that makes many calls before it awaits one takes replies on its way, which saves the wake-up of another thread.</summary>
    private void ReadWhatIsThere()
    {
        // Not for each call: a look at the other process's position takes a cache line from it.
        if ((++_looks & (CallsPerLook - 1)) != 0 || !IsReadable || !_role.TryEnter())
        {
            return;
        }

        try
        {
            ReadAll();
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Polls for a message of a stream, unless another thread reads.</summary>
    public bool SpinFor(RemoteReader reader)
    {
        if (!Spin.IsUseful || !_role.TryEnter())
        {
            return reader.HasArrived;
        }

        try
        {
            _background.Stop();
            _reads++;
            var end = Stopwatch.GetTimestamp() + SpinTicks;
            while (!reader.HasArrived && !IsEnded && Stopwatch.GetTimestamp() < end)
            {
                ReadAll();
                Spin.Pause();
            }
        }
        finally
        {
            Leave();
        }

        return reader.HasArrived;
    }

    /// <summary>Gets whether there is a message. This process may dispose the transport while a thread asks: then the channel has ended.</summary>
    public bool IsReadable
    {
        get
        {
            try
            {
                return _transport.IsReadable;
            }
            catch (ObjectDisposedException)
            {
                Ended();
                return false;
            }
            catch (Exception exception) when (exception is not ThreadInterruptedException)
            {
                Fail(exception);
                return false;
            }
        }
    }

    /// <summary>Reads messages while no thread waits for a reply.</summary>
    public void ReadInBackground() => _background.Start();

    /// <summary>Reads the messages that are there, at most some hundred: there may be a caller in the batch. The caller has the role.</summary>
    /// <param name="batch">Collects the callers to resume; <see langword="null"/> to resume each one at once, on another thread.</param>
    /// <returns>Whether there was one.</returns>
    public bool ReadAll(ReplyBatch? batch = null)
    {
        var count = 0;
        while (count < MostInTurn && IsReadable && ReadOne(Deadline.Now, runsCalls: false, batch) == ReadResult.Read)
        {
            count++;
        }

        return count != 0;
    }

    /// <summary>The process of the other peer has ended, and it is known how: the channel ends, after what that process had sent.</summary>
    public void EndWithProcess()
    {
        try
        {
            ReadRemaining();
        }
        finally
        {
            Dispose();
            FailCalls();
        }
    }

    /// <summary>
    /// Handles what the other peer had sent before its process ended. A reply counts, and so does the reason why its object could not be
    /// created, although the end of the process is known sooner. A thread that reads already does the same, up to the end of the channel.
    /// </summary>
    private void ReadRemaining()
    {
        var end = Environment.TickCount64 + MaxRemainingTime;
        while (!IsEnded && Environment.TickCount64 < end)
        {
            if (!_role.TryEnter())
            {
                _role.IsWanted = true; // by the background, as in Serve
                Thread.Sleep(0);
                continue;
            }

            try
            {
                _role.IsWanted = false;
                _background.Stop();
                while (ReadAll())
                {
                }

                return;
            }
            finally
            {
                _role.Leave();
            }
        }
    }

    /// <summary>The loop of a service's main thread: reads, and runs calls, until the other peer has closed the channel.</summary>
    /// <exception cref="Exception">The channel has failed, with this exception.</exception>
    public void Serve()
    {
        var runsCalls = Scheduler.RunsOnReader;
        AddInterest();
        while (!IsEnded && !_isDrained)
        {
            if (!_role.TryEnter())
            {
                _role.IsWanted = true; // by the background, which leaves within microseconds
                Thread.Sleep(0);
                continue;
            }

            try
            {
                _role.IsWanted = false;
                _background.Stop();
                if (!_isDrained) // looked at with the role: an earlier reader may have used up the wake-up
                {
                    ReadOne(Deadline.Never, runsCalls);
                }
            }
            finally
            {
                _role.Leave();
            }

            if (_toRun is { } work)
            {
                _toRun = null;
                _reads++;
                _background.StartSoon();
                Scheduler.RunAll(work);
            }
        }

        if (Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure); // the process of a service does not end as if it had been asked to
        }
    }

    /// <summary>
    /// The client wants the service to end, or its process was asked to: <see cref="Serve"/> returns when the calls that have arrived have ended.
    /// </summary>
    public void StopServing() => Drained?.Invoke(() =>
    {
        _isDrained = true;
        WakeReader();
    });

    /// <summary>Gets or sets the action that runs another one when no call runs or waits.</summary>
    public Action<Action>? Drained { get; set; }

    private IncomingCall? _toRun;
    private volatile bool _isDrained;

    /// <summary>
    /// The calling thread has read, and leaves the role in whatever way. Without a check the next message may have no reader: the background has left
    /// what it found with the role taken to this thread.
    /// </summary>
    private void Leave()
    {
        _role.Leave();
        if (HasInterest)
        {
            _background.StartSoon();
        }
    }

    /// <summary>Reads one message and handles it. What fails in that fails the channel, and so all calls that wait.</summary>
    /// <exception cref="ThreadInterruptedException">The program has interrupted the calling thread; nothing was received.</exception>
    private ReadResult ReadOne(Deadline deadline, bool runsCalls, ReplyBatch? batch = null)
    {
        if (IsEnded)
        {
            return ReadResult.Ended;
        }

        ReceiveOutcome outcome;
        try
        {
            outcome = _transport.Receive(_incoming, _maxLength, deadline, _wakeReader.Token);
        }
        catch (OperationCanceledException)
        {
            // A full fence: the thread that woke this one has completed a call before it canceled the source.
            _ = Interlocked.Exchange(ref _wakeReader, new CancellationTokenSource());
            return ReadResult.Nothing;
        }
        catch (ObjectDisposedException)
        {
            Ended();
            return ReadResult.Ended;
        }
        catch (Exception exception) when (exception is not ThreadInterruptedException)
        {
            // The message is for no call in particular, so its failure is not that of the call that happens to read.
            Fail(exception);
            return ReadResult.Ended;
        }

        switch (outcome)
        {
            case ReceiveOutcome.Received:
                try
                {
                    Dispatch(runsCalls, batch);
                }
                catch (Exception exception)
                {
                    Fail(exception); // the message is used up
                    return ReadResult.Ended;
                }

                return ReadResult.Read;
            case ReceiveOutcome.TimedOut:
                return ReadResult.Nothing;
            case ReceiveOutcome.TooLarge:
                Fail(new MessageTooLargeException(
                    $"A message of {_incoming.Length} bytes arrived from {Owner.Description}, and {_maxLength} are allowed.", _incoming.Length,
                    _maxLength));
                return ReadResult.Ended;
            default:
                Ended();
                return ReadResult.Ended;
        }
    }

    private void WakeReader()
    {
        try
        {
            _wakeReader.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private void SleepUntilCompleted(CallRequest call)
    {
        if (IsEnded)
        {
            call.Sleep();
            return;
        }

        _role.SleepUntilCompleted(call);
    }

    private enum ReadResult
    {
        Read,
        Nothing,
        Ended,
    }
}

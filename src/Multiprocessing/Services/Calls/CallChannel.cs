namespace Multiprocessing;

/// <summary>
/// Calls between two processes over one transport. Both peers are equal: each calls objects of the other one. The peers of a service differ only in
/// their <see cref="CallScheduler"/>, and in who has the object with the number 0. Thread-safe.
/// <para>
/// Killed at any instruction: a message is committed whole or not at all, so the other peer sees a prefix of what was sent, and then the end of the
/// stream. It fails the calls that wait, drops the objects that only the dead process referred to, cancels the tokens of its calls, and ends its
/// subscriptions and enumerations.
/// </para>
/// </summary>
internal sealed partial class CallChannel : IDisposable
{
    private readonly MessageTransport _transport;
    private readonly CallTable _calls = new();
    private readonly ReaderRole _role = new();
    private readonly BackgroundReader _background;
    private readonly long _maxLength;
    private ReceivedMessage _incoming;
    private CancellationTokenSource _wakeReader = new();
    private int _interest;
    private int _isEnded;
    private volatile bool _isDisposed;
    private long _reads;
    private Exception? _failure;

    /// <param name="transport">The way to the other peer. The channel disposes it.</param>
    /// <param name="format">How values are written.</param>
    /// <param name="scheduler">Runs calls from the other peer.</param>
    /// <param name="owner">Knows how the other peer ended.</param>
    /// <param name="sends">The calls that wait; those of all lives of a service share it.</param>
    /// <param name="maxLength">The length of the longest message that is accepted.</param>
    public CallChannel(
        MessageTransport transport, PayloadFormat format, CallScheduler scheduler, ChannelOwner owner, SendChain? sends = null,
        long maxLength = long.MaxValue)
    {
        _transport = transport;
        _maxLength = maxLength;
        Format = format;
        Scheduler = scheduler;
        Owner = owner;
        Sends = sends ?? new SendChain();
        Exports = new ExportTable(this);
        Imports = new ImportTable(this);
        Streams = new StreamTable(this); // now: the thread that reads and a thread that enumerates must not each create one
        _background = new BackgroundReader(this, transport, _role);
        _incoming = ReceivedMessage.Rent();
    }

    public PayloadFormat Format { get; }

    public CallScheduler Scheduler { get; }

    public ChannelOwner Owner { get; }

    public SendChain Sends { get; }

    /// <summary>Gets the objects of this process that the other peer refers to.</summary>
    public ExportTable Exports { get; }

    /// <summary>Gets the proxies of objects of the other peer.</summary>
    public ImportTable Imports { get; }

    /// <summary>Gets whether the other peer runs several calls at the same time, so that it may be called while it waits for a call-back.</summary>
    public bool PeerIsConcurrent { get; init; } = true;

    /// <summary>Gets or sets the time limit of calls; <see langword="null"/> if there is none.</summary>
    public CallLimit? Limit { get; set; }

    /// <summary>Gets whether the other peer has closed the channel, or this one was disposed: nothing is read or sent any more.</summary>
    public bool IsEnded => Volatile.Read(ref _isEnded) != 0;

    /// <summary>
    /// Gets why this process has ended the channel by itself (<see cref="Fail"/>); <see langword="null"/> if it did not. The other peer may live on.
    /// </summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Gets how often messages were read by threads that wait for a reply.</summary>
    public long Reads => Volatile.Read(ref _reads);

    /// <summary>Gets the number of calls that wait for their replies.</summary>
    public int PendingCalls => _calls.Count;

    /// <summary>Returns how many calls have ended so far, by <see cref="CallOutcome"/>.</summary>
    public long[] Outcomes() => _calls.Outcomes();

    /// <summary>Gets whether there is something that a message may be for, while no thread waits.</summary>
    public bool HasInterest => Volatile.Read(ref _interest) > 0 || _calls.Count != 0;

    /// <summary>A call from a call-back of the other peer would wait for the call that waits for the call-back.</summary>
    /// <exception cref="InvalidOperationException">The calling code is inside a call-back that the other peer waits for.</exception>
    public void ThrowIfWaitedFor(CallRequest call)
    {
        if (!PeerIsConcurrent && CallbackScope.IsInside(this))
        {
            throw new InvalidOperationException(
                $"{call.MemberName} was called inside a call-back from {Owner.Description}, which runs one call at a time and waits for the "
                + "call-back. "
                + "Return from the call-back first, or set ProcessServiceOptions.MaxConcurrency to more than 1 if the service is safe for that.");
        }
    }

    public void AddInterest() => Interlocked.Increment(ref _interest);

    public void RemoveInterest() => Interlocked.Decrement(ref _interest);

    /// <summary>Asks the other peer to cancel the token of a call. Does not wait.</summary>
    public void SendCancel(long callId) => LastResort.Queue(
        EntryPoint.ServiceWork, Tuple.Create(this, callId),
        static pair =>
        {
            using var message = MessageBuffer.Rent();
            message.Write(new AnswerHeader(CallMessage.Cancel, pair.Item2));
            pair.Item1.SendOrDrop(message);
        },
        static (pair, exception) => pair.Item1.Abandon(pair.Item2, exception));

    /// <summary>
    /// Asks the other peer to end, and reads what it sends until then. Does not wait: a peer that is frozen makes no room for the message, and must
    /// not keep the caller from its grace.
    /// </summary>
    public void SendStop() => LastResort.Queue(
        EntryPoint.ServiceWork, this, static channel => channel.SendStopNow(), static (channel, _) => channel.SendStopNow());

    /// <summary>Gives references back. Called by finalizers: does not wait.</summary>
    public void ReleaseLater(long objectId, long references)
    {
        if (!IsEnded)
        {
            LastResort.Queue(
                EntryPoint.ServiceWork, Tuple.Create(this, objectId, references),
                static release => release.Item1.SendRelease(release.Item2, release.Item3),
                static (release, _) => release.Item1.SendRelease(release.Item2, release.Item3));
        }
    }

    /// <summary>The caller of a call leaves before the end of it. When this returns, no other thread uses the object of the call any more.</summary>
    public void Withdraw(CallRequest call, long callId)
    {
        if (_calls.Remove(callId, CallOutcome.Canceled) is null)
        {
            call.WaitForCompletion();
        }
    }

    /// <summary>Ends the wait of a call; its reply will be dropped.</summary>
    public void Abandon(long callId, Exception failure)
    {
        if (_calls.Remove(callId, CallOutcome.Canceled) is { } call)
        {
            call.Fail(failure);
            WakeReader(); // its thread may be the one that reads
        }
    }

    /// <summary>Removes the call that has run longest, if it has run too long. The caller fails it.</summary>
    public CallRequest? TakeOverdue(int concurrency, long now, long limit) => _calls.TakeOverdue(concurrency, now, limit);

    /// <summary>The way to the other peer is over and it is known why: ends the waits of all calls.</summary>
    public void FailCalls()
    {
        foreach (var call in _calls.Close())
        {
            Exception failure;
            try
            {
                failure = Owner.Died(call.MemberName, wasSent: true);
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            call.Fail(failure);
        }

        WakeReader();
    }

    /// <summary>Something that should not fail did: no message can be trusted any more.</summary>
    public void Fail(Exception exception)
    {
        ServiceLog.ChannelFailed(exception, Owner.Description);
        if (!IsEnded)
        {
            _ = Interlocked.CompareExchange(ref _failure, exception, null);
        }

        Ended();
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _transport.Dispose();
            Ended();
        }
    }

    private void SendStopNow()
    {
        ReadInBackground();
        SendOrDrop(new CallHeader(CallMessage.Stop, 0, 0));
    }

    private void SendRelease(long objectId, long references) => SendOrDrop(new CallHeader(CallMessage.Release, (int)references, objectId));
}

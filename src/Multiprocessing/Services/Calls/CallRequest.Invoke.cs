using System.Runtime.ExceptionServices;

namespace Multiprocessing;

// Sending the call, waiting for its reply and reading it.
internal sealed unsafe partial class CallRequest
{
    private const int Pending = 0;

    // A thread sleeps until the reply.
    private const int Sleeping = 1;

    // A continuation runs when there is the reply.
    private const int Continued = 2;

    private const int Completed = 3;

    private CallChannel? _channel;
    private long _id;
    private int _state;
    private bool _mustRead;
    private ReceivedMessage? _reply;
    private Exception? _failure;
    private ReplyContinuation? _continuation;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    /// <summary>Gets whether the reply is there, or the call has failed.</summary>
    public bool IsCompleted => Volatile.Read(ref _state) == Completed;

    /// <summary>
    /// Waits for the thread that has removed the call from the table, and completes it: it fails all calls of the channel, and has not come to this
    /// one, perhaps. An interrupt of this thread does not end this wait, which no program's code prolongs.
    /// </summary>
    public void WaitForCompletion()
    {
        SpinWait wait = default;
        while (!IsCompleted)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Calls the member and waits.</summary>
    public T Invoke<T, TReader>(CancellationToken cancellationToken)
        where TReader : IResultReader<T>
    {
        var wasSent = false;
        try
        {
            Prepare(cancellationToken);
            if (Target.Sends.IsIdle && Target.Ready is { } ready && ready.TrySend(this))
            {
                wasSent = true;
                WatchToken();
                ready.WaitFor(this);
            }
            else
            {
                SendSlowly();
                wasSent = true;
                WatchToken();
                _channel!.WaitFor(this);
            }

            return Result<T, TReader>();
        }
        catch (ObjectDisposedException) when (_flags == CallFlags.Dispose && !wasSent)
        {
            return default!; // the object ended with its service: disposing of it again does nothing, as for a local object
        }
        finally
        {
            Return();
        }
    }

    public Task<T> InvokeAsync<T, TReader>(CancellationToken cancellationToken)
        where TReader : IResultReader<T>
    {
        var state = TryInvokeNow<T, TReader>(cancellationToken, out var result, out var failure);
        if (state is SendState.Waiting)
        {
            var reply = new ReplyContinuation<T, TReader>();
            if (ContinueOrRead<T, TReader>(reply, out result, out failure))
            {
                return reply.Task;
            }
        }
        else if (state is SendState.Later)
        {
            return InvokeLater<T, TReader>();
        }

        return failure is null ? Task.FromResult(result!) : ReplyContinuation.Failed<T>(failure);
    }

    public ValueTask<T> InvokeValueAsync<T, TReader>(CancellationToken cancellationToken)
        where TReader : IResultReader<T>
    {
        var state = TryInvokeNow<T, TReader>(cancellationToken, out var result, out var failure);
        if (state is SendState.Waiting)
        {
            var reply = PooledReply<T, TReader>.Rent();
            var task = new ValueTask<T>(reply, reply.Token);
            if (ContinueOrRead<T, TReader>(reply, out result, out failure))
            {
                return task;
            }
        }
        else if (state is SendState.Later)
        {
            return new(InvokeLater<T, TReader>());
        }

        return failure is null ? new(result!) : new(ReplyContinuation.Failed<T>(failure));
    }

    public ValueTask InvokeValueAsync(CancellationToken cancellationToken)
    {
        var state = TryInvokeNow<NoResult, NoResult>(cancellationToken, out _, out var failure);
        if (state is SendState.Waiting)
        {
            var reply = PooledReply<NoResult, NoResult>.Rent();
            var task = new ValueTask(reply, reply.Token);
            if (ContinueOrRead<NoResult, NoResult>(reply, out _, out failure))
            {
                return task;
            }
        }
        else if (state is SendState.Later)
        {
            return new(InvokeLater<NoResult, NoResult>());
        }

        return failure is null ? default : new(ReplyContinuation.Failed<NoResult>(failure));
    }

    public IAsyncEnumerable<T> InvokeStream<T>(CancellationToken cancellationToken)
    {
        return new RemoteStream<T>(InvokeAsync<StreamReference?, StreamResult<T>>(cancellationToken), cancellationToken);
    }

    /// <summary>The reply has arrived. Called once, by the thread that removed the call from the table, which passes the message on.</summary>
    /// <param name="reply">The message.</param>
    /// <param name="batch">Where the thread that reads collects the callers that it resumes later, if it does.</param>
    public void Complete(ReceivedMessage reply, ReplyBatch? batch)
    {
        _reply = reply;
        SetCompleted(batch);
    }

    /// <summary>There will be no reply.</summary>
    public void Fail(Exception failure)
    {
        _failure = failure;
        SetCompleted(null);
    }

    /// <summary>
    /// Sleeps until the call is completed, or until this thread is asked to read (<see cref="AskToRead"/>).
    /// </summary>
    public void Sleep()
    {
        lock (this)
        {
            if (Interlocked.CompareExchange(ref _state, Sleeping, Pending) != Pending)
            {
                return;
            }

            while (_state == Sleeping && !_mustRead)
            {
                Monitor.Wait(this);
            }

            _mustRead = false;
            _ = Interlocked.CompareExchange(ref _state, Pending, Sleeping);
        }
    }

    /// <summary>The thread that read messages has its reply: the sleeping thread of this call reads next.</summary>
    public void AskToRead()
    {
        lock (this)
        {
            _mustRead = true;
            Monitor.PulseAll(this);
        }
    }

    /// <summary>Runs when the reply is there: on the thread that completes the call.</summary>
    /// <returns>False if it is there already; then the continuation does not run.</returns>
    public bool Continue(ReplyContinuation continuation)
    {
        _continuation = continuation;
        return Interlocked.CompareExchange(ref _state, Continued, Pending) == Pending;
    }

    /// <summary>Returns the result of a completed call, or throws its exception.</summary>
    public T Result<T, TReader>()
        where TReader : IResultReader<T>
    {
        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        var reply = _reply!;
        var data = reply.Data + sizeof(AnswerHeader);
        if (((AnswerHeader*)reply.Data)->Kind == CallMessage.Error)
        {
            ExceptionDispatchInfo.Throw(Canceled(_channel!.Format.ReadException(data, reply.End)));
        }

        if (_flags == CallFlags.Dispose)
        {
            Target.Disposed();
        }

        return TReader.Read(_channel!, ref data, reply.End);
    }

    /// <summary>Ends the use of a call whose continuation has read the result.</summary>
    public void End() => Return();

    /// <summary>Sends the call if it can be sent at once, and polls for its reply for a moment.</summary>
    private SendState TryInvokeNow<T, TReader>(CancellationToken token, out T? result, out Exception? failure)
        where TReader : IResultReader<T>
    {
        result = default;
        failure = null;
        try
        {
            Prepare(token);
            if (!Target.Sends.IsIdle || Target.Ready is not { } ready || !ready.TrySendNow(this))
            {
                return SendState.Later;
            }

            WatchToken();
            if (!ready.SpinFor(this))
            {
                return SendState.Waiting;
            }

            result = Result<T, TReader>();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        Return();
        return SendState.Over;
    }

    /// <summary>Passes a call whose reply is not there to what continues it.</summary>
    /// <returns>False if the reply has arrived meanwhile: then the call is over.</returns>
    private bool ContinueOrRead<T, TReader>(ReplyContinuation continuation, out T? result, out Exception? failure)
        where TReader : IResultReader<T>
    {
        result = default;
        failure = null;
        var channel = _channel!; // before Continue: from then on another thread may end the use of this object
        if (Continue(continuation))
        {
            channel.ReadInBackground();
            return true;
        }

        try
        {
            result = Result<T, TReader>();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        Return();
        return false;
    }

    private void Prepare(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        _token = token;
        Target.Ready?.ThrowIfWaitedFor(this);
    }

    private void WatchToken()
    {
        if (_token.CanBeCanceled)
        {
            _registration = LastResort.OnCancelled(_token, new CancelRequest(_channel!, _id, _token), static request => request.Run());
        }
    }

    private void SetCompleted(ReplyBatch? batch)
    {
        switch (Interlocked.Exchange(ref _state, Completed))
        {
            case Sleeping:
                lock (this)
                {
                    Monitor.PulseAll(this);
                }

                break;
            case Continued:
                _continuation!.Run(this, batch);
                break;
        }
    }

    /// <summary>The other process throws for a token of its own: the caller gets the exception with its token, as from a local call.</summary>
    private Exception Canceled(Exception exception) =>
        exception is OperationCanceledException && _token.IsCancellationRequested && exception.GetType() is var type
            && (type == typeof(OperationCanceledException) || type == typeof(TaskCanceledException))
            ? new OperationCanceledException(exception.Message, exception, _token)
            : exception;

    private enum SendState
    {
        /// <summary>The call has its result or its failure.</summary>
        Over,

        /// <summary>The call was sent.</summary>
        Waiting,

        /// <summary>There is no room or no process yet, or other calls wait for their turn.</summary>
        Later,
    }
}

using System.Threading.Tasks.Sources;

namespace Multiprocessing;

/// <summary>
/// Completes the value task that an asynchronous member has returned, without an allocation: the object is used again when the caller has taken the
/// result. The reading thread completes it; one caller awaits it.
/// </summary>
internal sealed class PooledReply<T, TReader> : ReplyContinuation, IValueTaskSource<T>, IValueTaskSource, IDeferredReply
    where TReader : IResultReader<T>
{
    /// <summary>How many idle objects a thread keeps: as many as a caller usually has on their way, in less than 40 KiB.</summary>
    private const int MaxIdle = 256;

    [ThreadStatic]
    private static PooledReply<T, TReader>? _idle;

    [ThreadStatic]
    private static int _idleCount;

    private ManualResetValueTaskSourceCore<T> _core;
    private PooledReply<T, TReader>? _nextIdle;
    private T? _result;
    private Exception? _failure;
    private bool _isAwaited;

    private PooledReply()
    {
    }

    /// <summary>Gets what a value task of this use is created with.</summary>
    public short Token => _core.Version;

    public static PooledReply<T, TReader> Rent()
    {
        if (_idle is not { } reply)
        {
            return new PooledReply<T, TReader>();
        }

        _idle = reply._nextIdle;
        reply._nextIdle = null;
        _idleCount--;
        return reply;
    }

    public override void Run(CallRequest request, ReplyBatch? batch)
    {
        try
        {
            _result = request.Result<T, TReader>();
        }
        catch (Exception exception)
        {
            _failure = exception;
        }

        request.End();
        if (batch is not null && Volatile.Read(ref _isAwaited))
        {
            batch.Add(this);
            return;
        }

        Complete(resumesHere: false);
    }

    public void Complete(bool resumesHere)
    {
        _core.RunContinuationsAsynchronously = !resumesHere;
        var result = _result;
        var failure = _failure;
        _result = default;
        _failure = null;
        if (failure is null)
        {
            _core.SetResult(result!);
        }
        else
        {
            _core.SetException(failure);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Volatile.Write(ref _isAwaited, true);
        _core.OnCompleted(continuation, state, token, flags);
    }

    public T GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Return(token);
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <summary>A caller that takes a result twice, or too early, got an exception and ends the use of nothing.</summary>
    private void Return(short token)
    {
        if (token != _core.Version || _core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            return;
        }

        _core.Reset();
        _isAwaited = false;
        if (_idleCount < MaxIdle)
        {
            _nextIdle = _idle;
            _idle = this;
            _idleCount++;
        }
    }
}

namespace Multiprocessing;

/// <summary>What happens when an asynchronous call has ended. Runs once, on the thread that reads messages.</summary>
internal abstract class ReplyContinuation
{
    /// <summary>Drops the reply.</summary>
    public static readonly ReplyContinuation None = new Nothing();

    /// <summary>Reads the result and completes the caller's task.</summary>
    /// <param name="request">The call that has ended. Its use ends here.</param>
    /// <param name="batch">
    /// Where the thread that reads collects the callers that it resumes afterwards; <see langword="null"/> if it does not.
    /// </param>
    public abstract void Run(CallRequest request, ReplyBatch? batch);

    /// <summary>Returns a task that has failed; it is canceled if the exception is a cancellation, as in a local call.</summary>
    public static Task<T> Failed<T>(Exception failure)
    {
        var source = new TaskCompletionSource<T>();
        Set(source, failure);
        return source.Task;
    }

    protected static void Set<T>(TaskCompletionSource<T> source, Exception failure)
    {
        if (failure is OperationCanceledException { CancellationToken.IsCancellationRequested: true } canceled)
        {
            _ = source.TrySetCanceled(canceled.CancellationToken);
        }
        else
        {
            _ = source.TrySetException(failure);
        }
    }

    private sealed class Nothing : ReplyContinuation
    {
        public override void Run(CallRequest request, ReplyBatch? batch) => request.End();
    }
}

/// <summary>Completes the task that an asynchronous member has returned.</summary>
internal sealed class ReplyContinuation<T, TReader> : ReplyContinuation
    where TReader : IResultReader<T>
{
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _source.Task;

    public override void Run(CallRequest request, ReplyBatch? batch)
    {
        T result;
        try
        {
            result = request.Result<T, TReader>();
        }
        catch (Exception exception)
        {
            request.End();
            Set(_source, exception);
            return;
        }

        request.End();
        _source.SetResult(result);
    }
}

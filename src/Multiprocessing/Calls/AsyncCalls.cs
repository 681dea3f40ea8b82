namespace Multiprocessing;

// The main thread of the child waits for an asynchronous body, whose continuations therefore run on the thread pool and cannot deadlock.

/// <summary>A call whose body returns a <see cref="Task"/>.</summary>
internal abstract class AsyncActionCallBase : ActionCallBase
{
    protected sealed override void Invoke() => InvokeAsync().GetAwaiter().GetResult();

    protected abstract Task InvokeAsync();
}

/// <summary>A call whose body returns a <see cref="Task{TResult}"/>.</summary>
internal abstract class AsyncFunctionCallBase<TResult> : FunctionCallBase<TResult>
{
    protected sealed override TResult Invoke() => InvokeAsync().GetAwaiter().GetResult();

    protected abstract Task<TResult> InvokeAsync();
}

/// <summary>A call whose body returns a <see cref="ValueTask"/>.</summary>
internal abstract class ValueTaskActionCallBase : ActionCallBase
{
    protected sealed override void Invoke() => InvokeAsync().AsTask().GetAwaiter().GetResult();

    protected abstract ValueTask InvokeAsync();
}

/// <summary>A call whose body returns a <see cref="ValueTask{TResult}"/>.</summary>
internal abstract class ValueTaskFunctionCallBase<TResult> : FunctionCallBase<TResult>
{
    protected sealed override TResult Invoke() => InvokeAsync().AsTask().GetAwaiter().GetResult();

    protected abstract ValueTask<TResult> InvokeAsync();
}

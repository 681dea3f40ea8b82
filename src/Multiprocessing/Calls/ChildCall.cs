namespace Multiprocessing;

/// <summary>A body with its arguments: made in the parent, carried to the child, invoked there once.</summary>
internal abstract class ChildCall : IPlainObject
{
    /// <summary>What runs in the child.</summary>
    public abstract Delegate Body { get; }

    /// <summary>Runs before the body, while the start can still fail.</summary>
    public virtual void Initialize()
    {
    }

    /// <summary>Runs the body to its end on the calling thread, waiting for it if it is asynchronous, and appends the result, if there is one, to <paramref name="result"/>.</summary>
    /// <param name="result">Receives the result.</param>
    /// <param name="ended">Called when the body has ended and before its result is written, for whoever measures the two apart.</param>
    public abstract void Run(MessageBuffer result, Action? ended = null);

    /// <summary>Makes ready what <see cref="Run"/> needs but for the body; on an object whose fields were never set.</summary>
    public virtual void Prepare()
    {
    }
}

/// <summary>A call whose body hands back nothing.</summary>
internal abstract class ActionCallBase : ChildCall
{
    public sealed override void Run(MessageBuffer result, Action? ended) => Invoke();

    protected abstract void Invoke();
}

/// <summary>A call whose body hands back a value.</summary>
internal abstract class FunctionCallBase<TResult> : ChildCall
{
    public sealed override void Run(MessageBuffer result, Action? ended)
    {
        var value = Invoke();
        ended?.Invoke();
        ValueSerializer.Serialize(result, value, "result");
    }

    public sealed override void Prepare() => ValueSerializer.Prepare<TResult>();

    protected abstract TResult Invoke();
}

/// <summary>A call whose body is asynchronous; the child's main thread waits for it, so that its continuations run on the thread pool and cannot deadlock.</summary>
internal abstract class AsyncActionCallBase : ChildCall
{
    public sealed override void Run(MessageBuffer result, Action? ended) => InvokeAsync().GetAwaiter().GetResult();

    protected abstract Task InvokeAsync();
}

/// <summary>A call whose body is asynchronous and hands back a value.</summary>
internal abstract class AsyncFunctionCallBase<TResult> : ChildCall
{
    public sealed override void Run(MessageBuffer result, Action? ended)
    {
        var value = InvokeAsync().GetAwaiter().GetResult();
        ended?.Invoke();
        ValueSerializer.Serialize(result, value, "result");
    }

    public sealed override void Prepare() => ValueSerializer.Prepare<TResult>();

    protected abstract Task<TResult> InvokeAsync();
}

/// <summary>A call whose body returns a <see cref="ValueTask"/>.</summary>
internal abstract class ValueTaskActionCallBase : ChildCall
{
    public sealed override void Run(MessageBuffer result, Action? ended) => InvokeAsync().AsTask().GetAwaiter().GetResult();

    protected abstract ValueTask InvokeAsync();
}

/// <summary>A call whose body returns a <see cref="ValueTask{TResult}"/>.</summary>
internal abstract class ValueTaskFunctionCallBase<TResult> : ChildCall
{
    public sealed override void Run(MessageBuffer result, Action? ended)
    {
        var value = InvokeAsync().AsTask().GetAwaiter().GetResult();
        ended?.Invoke();
        ValueSerializer.Serialize(result, value, "result");
    }

    public sealed override void Prepare() => ValueSerializer.Prepare<TResult>();

    protected abstract ValueTask<TResult> InvokeAsync();
}

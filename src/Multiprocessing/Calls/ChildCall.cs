namespace Multiprocessing;

/// <summary>A body with its arguments: created in the parent, sent to the child, invoked there once.</summary>
internal abstract class ChildCall : IPlainObject
{
    /// <summary>Gets the delegate that runs in the child.</summary>
    public abstract Delegate Body { get; }

    /// <summary>Runs before the body. An exception fails the start of the child.</summary>
    public virtual void Initialize()
    {
    }

    /// <summary>
    /// Runs the body to its end on the calling thread, waits for it if it is asynchronous, and appends its result, if it has one, to
    /// <paramref name="result"/>.
    /// </summary>
    /// <param name="result">Receives the result.</param>
    /// <param name="ended">Called after the body and before its result is written, so that the two can be measured separately.</param>
    public abstract void Run(MessageBuffer result, Action? ended = null);

    /// <summary>Compiles what <see cref="Run"/> needs, except for the body. Called on an object whose fields were never set.</summary>
    public virtual void Prepare()
    {
    }
}

/// <summary>A call whose body returns nothing.</summary>
internal abstract class ActionCallBase : ChildCall
{
    public sealed override void Run(MessageBuffer result, Action? ended) => Invoke();

    protected abstract void Invoke();
}

/// <summary>A call whose body returns a value.</summary>
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

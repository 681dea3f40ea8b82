namespace Multiprocessing;

/// <summary>Runs in a worker for each argument. Made in the pool's process and sent to each worker once.</summary>
internal abstract class PoolBody
{
    /// <summary>
    /// Reads the argument, runs the body and commits a reply of kind <see cref="ReplyKind.Result"/>. An exception that it throws is the task's error.
    /// </summary>
    public abstract void Run(RunningTask run);
}

/// <summary>A body that takes an item, wherever the item is from.</summary>
internal abstract class ItemPoolBody<TItem> : PoolBody
{
    /// <summary>Runs the body to its end on the calling thread, and appends its result, if it has one, to <paramref name="result"/>.</summary>
    public abstract void Invoke(TItem item, MessageBuffer result);
}

/// <summary>A body for each item of a source.</summary>
internal sealed class MapBody<TItem, TResult>(Func<TItem, TResult> body) : ItemPoolBody<TItem>
{
    [PathName(null)]
    private readonly Func<TItem, TResult> _body = body;

    public override void Run(RunningTask run) => run.Reply(_body(run.Read<TItem>()));

    public override void Invoke(TItem item, MessageBuffer result) =>
        ValueSerializer.Serialize(result, _body(item), "result");
}

/// <summary>
/// An asynchronous body for each item of a source. The main thread waits, so that its continuations run on the thread pool and cannot deadlock.
/// </summary>
internal sealed class AsyncMapBody<TItem, TResult>(Func<TItem, Task<TResult>> body) : ItemPoolBody<TItem>
{
    [PathName(null)]
    private readonly Func<TItem, Task<TResult>> _body = body;

    public override void Run(RunningTask run) => run.Reply(_body(run.Read<TItem>()).GetAwaiter().GetResult());

    public override void Invoke(TItem item, MessageBuffer result) =>
        ValueSerializer.Serialize(result, _body(item).GetAwaiter().GetResult(), "result");
}

/// <summary>A body that returns a <see cref="ValueTask{TResult}"/>, for each item of a source.</summary>
internal sealed class ValueTaskMapBody<TItem, TResult>(Func<TItem, ValueTask<TResult>> body) : ItemPoolBody<TItem>
{
    [PathName(null)]
    private readonly Func<TItem, ValueTask<TResult>> _body = body;

    public override void Run(RunningTask run) => run.Reply(_body(run.Read<TItem>()).AsTask().GetAwaiter().GetResult());

    public override void Invoke(TItem item, MessageBuffer result) =>
        ValueSerializer.Serialize(result, _body(item).AsTask().GetAwaiter().GetResult(), "result");
}

/// <summary>A body without a result for each item of a source.</summary>
internal sealed class EachBody<TItem>(Action<TItem> body) : ItemPoolBody<TItem>
{
    [PathName(null)]
    private readonly Action<TItem> _body = body;

    public override void Run(RunningTask run)
    {
        _body(run.Read<TItem>());
        run.ReplyDone();
    }

    public override void Invoke(TItem item, MessageBuffer result) => _body(item);
}

/// <summary>An asynchronous body without a result for each item of a source.</summary>
internal sealed class AsyncEachBody<TItem>(Func<TItem, Task> body) : ItemPoolBody<TItem>
{
    [PathName(null)]
    private readonly Func<TItem, Task> _body = body;

    public override void Run(RunningTask run)
    {
        _body(run.Read<TItem>()).GetAwaiter().GetResult();
        run.ReplyDone();
    }

    public override void Invoke(TItem item, MessageBuffer result) => _body(item).GetAwaiter().GetResult();
}

/// <summary>A body that returns a <see cref="ValueTask"/>, for each item of a source.</summary>
internal sealed class ValueTaskEachBody<TItem>(Func<TItem, ValueTask> body) : ItemPoolBody<TItem>
{
    [PathName(null)]
    private readonly Func<TItem, ValueTask> _body = body;

    public override void Run(RunningTask run)
    {
        _body(run.Read<TItem>()).AsTask().GetAwaiter().GetResult();
        run.ReplyDone();
    }

    public override void Invoke(TItem item, MessageBuffer result) => _body(item).AsTask().GetAwaiter().GetResult();
}

/// <summary>A task whose argument is its own body.</summary>
internal sealed class CallBody : PoolBody
{
    public static readonly CallBody Instance = new();

    public override void Run(RunningTask run)
    {
        var call = run.Read<ChildCall>();
        using var result = MessageBuffer.Rent();
        call.Run(result, run.IsMeasured ? run.BodyEnded : null);
        GC.KeepAlive(call); // a body may work on a span of shared memory that it captured, which keeps nothing
        run.Reply(ReplyKind.Result, result);
    }
}

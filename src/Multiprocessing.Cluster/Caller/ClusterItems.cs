namespace Multiprocessing;

/// <summary>
/// The items of one map or stream of a cluster. A body that has captured much is written once, and freed on the nodes when all items are over.
/// </summary>
internal sealed class ClusterItems<TItem, TResult> : ItemFlow<TItem, TResult>
{
    private readonly ClusterPool _pool;
    private readonly MapOptions? _options;
    private readonly bool _hasResult;
    private readonly TaskContext _context = TaskContext.CaptureForOtherMachine();
    private readonly ItemPoolBody<TItem> _body;
    private readonly CarriedBody? _shared;

    /// <summary>The token that the body may have captured: it becomes the token of each task.</summary>
    private readonly CancellationToken _own;

    // What a receiver relies on: its members are called one after the other. None of the program's code runs under it.
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending;
    private Task _cancelling = Task.CompletedTask;

    public ClusterItems(
        ClusterPool pool, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken own, CancellationToken cancellationToken)
        : base(options)
    {
        _pool = pool;
        _options = options;
        TaskName = options?.Name ?? body.Name;
        _hasResult = body.HasResult;
        _body = (ItemPoolBody<TItem>)body.PoolBody;
        _shared = ClusterWork.Carry(body.PoolBody);
        _own = own;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    public override TypicalSize Size { get; } = new();

    protected override IProgressPool Pool => _pool.Progress;

    protected override string TaskName { get; }

    /// <summary>Gets <see langword="false"/>: the end of a task waits for its reports.</summary>
    protected override bool HasLinks => false;

    public override void Post(Action action)
    {
        lock (_gate)
        {
            action();
        }
    }

    protected override void Give(TItem[] items, long index)
    {
        foreach (var item in items)
        {
            if (_ending.IsCancellationRequested)
            {
                NotBegun(index++); // of a million items, the first may end the call
                continue;
            }

            _ = DeliverAsync(index++, _pool.Submit<TResult>(
                _shared is null ? new ItemCall<TItem>(_body, item) : new CarriedBodyCall<TItem>(item),
                _hasResult, TaskName, _context, _options, _own, _ending.Token, _shared, Size));
        }
    }

    /// <summary>The callbacks of the cancellation run elsewhere, so that it may be called under a lock.</summary>
    protected override void End(bool kills) => _cancelling = _ending.CancelAsync();

    protected override ValueTask WhenCancelledAsync() => new(_cancelling);

    protected override void Release()
    {
        _ending.Dispose();
        if (_shared is not null)
        {
            _pool.Connection.Scheduler.Release(_shared);
        }
    }

    private void NotBegun(long index)
    {
        lock (_gate)
        {
            Receiver.OnNotBegun(index);
        }
    }

    private async Task DeliverAsync(long index, Task<TResult> task)
    {
        TResult result;
        try
        {
            result = await task.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                // What was cancelled with the call has no outcome: the call has ended, or its token ends it.
                if (Receiver.IsOver || (exception is OperationCanceledException && _ending.IsCancellationRequested))
                {
                    Receiver.OnNotBegun(index);
                }
                else
                {
                    Receiver.OnError(index, exception);
                }
            }

            return;
        }

        lock (_gate)
        {
            Receiver.OnResult(index, result);
        }
    }
}

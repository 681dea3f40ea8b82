namespace Multiprocessing;

/// <summary>
/// The items of one map or stream: submits them, delivers their ends to the call's receiver, and reports the progress of the call if its options want
/// that. A body that has captured much is written once, and freed on the nodes when all items are over.
/// </summary>
internal sealed class ClusterItems<TItem, TResult> : IAsyncDisposable
{
    private readonly ClusterPool _pool;
    private readonly MapOptions? _options;
    private readonly string _name;
    private readonly bool _hasResult;
    private readonly TaskContext _context = TaskContext.CaptureForOtherMachine();
    private readonly ItemPoolBody<TItem> _body;
    private readonly CarriedBody? _shared;
    private readonly ProgressReporter? _progress;
    private readonly MapReceiver<TResult> _receiver;

    // What a receiver relies on: its members are called one after the other. None of the program's code runs under it.
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending;
    private Task _cancelling = Task.CompletedTask;
    private int _isCancelled;
    private bool _isComplete;

    public ClusterItems(
        ClusterPool pool, ItemBody<TItem, TResult> body, MapOptions? options, long? count, MapReceiver<TResult> receiver,
        CancellationToken cancellationToken)
    {
        _pool = pool;
        _options = options;
        _name = options?.Name ?? body.Name;
        _hasResult = body.HasResult;
        _body = (ItemPoolBody<TItem>)body.PoolBody;
        _shared = ClusterWork.Carry(body.PoolBody);
        _progress = ProgressReporter.Begin(pool.Progress, options, _name, count);
        _receiver = ProgressReporter.Count(receiver, _progress);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Gets the size of the items.</summary>
    public TypicalSize Size { get; } = new();

    /// <summary>Gets the number of items that were submitted.</summary>
    public long Count { get; private set; }

    /// <summary>Submits the next items of the source. By the one reader of the source.</summary>
    public void Submit(TItem[] items)
    {
        _progress?.OnTaken(Count + items.Length, isAll: false);
        foreach (var item in items)
        {
            var index = Count++;
            _ = DeliverAsync(index, _pool.Submit<TResult>(
                _shared is null ? new ItemCall<TItem>(_body, item) : new CarriedBodyCall<TItem>(item),
                _hasResult, _name, _context, _options, _ending.Token, _shared, Size));
        }
    }

    /// <summary>Calls the receiver's side: not while an end is delivered.</summary>
    public void Post(Action action)
    {
        lock (_gate)
        {
            action();
        }
    }

    /// <summary>The source has ended in good order: there are no more items.</summary>
    public void OnSourceEnded() => _progress?.OnTaken(Count, isAll: true);

    /// <summary>All items have ended, and the caller has all results.</summary>
    public void Complete() => _isComplete = true;

    /// <summary>Cancels the items that have not ended. Their callbacks run elsewhere, so that it may be called under a lock.</summary>
    public void Cancel()
    {
        if (Interlocked.Exchange(ref _isCancelled, 1) == 0)
        {
            _cancelling = _ending.CancelAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_isComplete)
            {
                Cancel();
            }

            await _cancelling.ConfigureAwait(false);
            if (_progress is not null)
            {
                await _progress.EndAsync(_isComplete).ConfigureAwait(false);
            }
        }
        finally
        {
            _ending.Dispose();
            if (_shared is not null)
            {
                _pool.Connection.Scheduler.Release(_shared);
            }
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
                if (_receiver.IsOver || (exception is OperationCanceledException && _ending.IsCancellationRequested))
                {
                    _receiver.OnNotBegun(index);
                }
                else
                {
                    _receiver.OnError(index, exception);
                }
            }

            return;
        }

        lock (_gate)
        {
            _receiver.OnResult(index, result);
        }
    }
}

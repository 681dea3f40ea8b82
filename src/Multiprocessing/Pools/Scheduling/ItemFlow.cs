namespace Multiprocessing;

/// <summary>
/// What the items of one map or stream are given to: the workers of this machine, or the nodes of a cluster. The source is read by
/// <see cref="ItemStream"/> or <see cref="ItemMap"/>, one reader in both cases. Reports the progress of the call if its options want that.
/// </summary>
internal abstract class ItemFlow<TItem, TResult>(MapOptions? options) : IAsyncDisposable
{
    private ProgressReporter? _progress;
    private MapReceiver<TResult>? _receiver;
    private int _isCancelled;
    private bool _isComplete;

    /// <summary>Gets the number of items that were submitted.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the size of the items.</summary>
    public abstract TypicalSize Size { get; }

    /// <summary>Gets the number of workers that the pool has at most.</summary>
    public int Workers => Pool.Workers;

    protected abstract IProgressPool Pool { get; }

    protected abstract string TaskName { get; }

    /// <summary>
    /// Gets a value that indicates whether tasks may call objects of the program, such as a receiver of progress, until the call ends.
    /// </summary>
    protected abstract bool HasLinks { get; }

    /// <summary>Gets what receives the results.</summary>
    protected MapReceiver<TResult> Receiver => _receiver ?? throw new InvalidOperationException("It has not begun.");

    /// <summary>Begins the call, before the first items.</summary>
    /// <param name="receiver">Receives the results.</param>
    /// <param name="count">Returns the number of items if the source knows it: code of its type, which is not asked for what is not reported.</param>
    public void Begin(MapReceiver<TResult> receiver, Func<long?> count)
    {
        _progress = ProgressReporter.Begin(Pool, options, TaskName, options?.Progress is null ? null : count());
        _receiver = ProgressReporter.Count(receiver, _progress);
    }

    /// <summary>Submits the next items of the source. By the one reader of the source.</summary>
    public void Submit(TItem[] items)
    {
        if (items.Length > 0)
        {
            var index = Count;
            Count += items.Length;
            _progress?.OnTaken(Count, isAll: false);
            Give(items, index);
        }
    }

    /// <summary>The source has ended in good order: there are no more items.</summary>
    public void OnSourceEnded() => _progress?.OnTaken(Count, isAll: true);

    /// <summary>All items have ended, and the caller has all results.</summary>
    public void Complete() => _isComplete = true;

    /// <summary>Calls the receiver's side: not while an end is delivered.</summary>
    public abstract void Post(Action action);

    /// <summary>Cancels the items that have not ended, the first time. It may be called while an end is delivered.</summary>
    /// <param name="kills">Those that have begun are killed if they do not end in the time of grace.</param>
    public void Cancel(bool kills)
    {
        if (Interlocked.Exchange(ref _isCancelled, 1) == 0)
        {
            End(kills);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_isComplete && _receiver is not null)
            {
                Cancel(kills: false); // unless what ended the call has cancelled them
            }

            await WhenCancelledAsync().ConfigureAwait(false);
            if (_progress is not null)
            {
                await _progress.EndAsync(_isComplete).ConfigureAwait(false);
            }
            else if (HasLinks)
            {
                await Pool.Reports.FlushAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Gives items to the pool.</summary>
    /// <param name="items">The items.</param>
    /// <param name="index">The index of the first one in the source.</param>
    protected abstract void Give(TItem[] items, long index);

    /// <summary>Ends the items that have not ended, as <see cref="Cancel"/> says: called once.</summary>
    protected abstract void End(bool kills);

    /// <summary>Waits for the callbacks of <see cref="Cancel"/>, before the last report.</summary>
    protected virtual ValueTask WhenCancelledAsync() => default;

    /// <summary>The pool needs the body no more.</summary>
    protected abstract void Release();
}

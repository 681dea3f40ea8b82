namespace Multiprocessing;

public sealed partial class ClusterPool
{
    /// <summary>
    /// Submits the items of one source, and reports the progress of the call if its options want that. A body that has captured much is written once,
    /// and freed on the nodes when all items are over.
    /// </summary>
    private sealed class ItemSubmitter<TItem, TResult>(
        ClusterPool pool, ItemBody<TItem, TResult> body, MapOptions? options, long? count, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private readonly Lock _gate = new();
        private readonly string _name = options?.Name ?? body.Name;
        private readonly TaskContext _context = TaskContext.CaptureForOtherMachine();
        private readonly ItemPoolBody<TItem> _body = (ItemPoolBody<TItem>)body.PoolBody;
        private readonly CarriedBody? _shared = ClusterWork.Carry(body.PoolBody);
        private readonly ProgressReporter? _progress = ProgressReporter.Begin(pool._progress, options, options?.Name ?? body.Name, count);
        private long _taken;
        private bool _isComplete;

        public Task<TResult> Submit(TItem item)
        {
            var task = pool.Submit<TResult>(
                _shared is null ? new ItemCall<TItem>(_body, item) : new CarriedBodyCall<TItem>(item),
                body.HasResult, _name, _context, options, cancellationToken, _shared);
            if (_progress is null)
            {
                return task;
            }

            _progress.OnTaken(++_taken, isAll: false);
            return CountAsync(task);
        }

        /// <summary>The source has ended: there are no more items.</summary>
        public void OnSourceEnded() => _progress?.OnTaken(_taken, isAll: true);

        /// <summary>All items have ended, and the caller has all results.</summary>
        public void Complete() => _isComplete = true;

        public async ValueTask DisposeAsync()
        {
            try
            {
                if (_progress is not null)
                {
                    await _progress.EndAsync(_isComplete).ConfigureAwait(false);
                }
            }
            finally
            {
                if (_shared is not null)
                {
                    pool._connection.Scheduler.Release(_shared);
                }
            }
        }

        // What the caller awaits ends after the count, so that the last report has all items: beside it, in a continuation of its own, the count
        // may come later, because a task's continuations are queued each for itself.
        private async Task<TResult> CountAsync(Task<TResult> task)
        {
            var isSuccess = false;
            try
            {
                var result = await task.ConfigureAwait(false);
                isSuccess = true;
                return result;
            }
            finally
            {
                OnEnded(isSuccess);
            }
        }

        private void OnEnded(bool isSuccess)
        {
            lock (_gate)
            {
                if (isSuccess)
                {
                    _progress!.OnEnded(1);
                }
                else
                {
                    _progress!.OnFailed();
                }
            }
        }
    }
}

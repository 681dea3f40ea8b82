namespace Multiprocessing;

public sealed partial class ClusterPool
{
    /// <summary>
    /// Submits the items of one source. A body that has captured much is written once, and freed on the nodes when all items are over.
    /// </summary>
    private sealed class ItemSubmitter<TItem, TResult>(
        ClusterPool pool, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken) : IDisposable
    {
        private readonly string _name = options?.Name ?? body.Name;
        private readonly TaskContext _context = TaskContext.CaptureForOtherMachine();
        private readonly ItemPoolBody<TItem> _body = (ItemPoolBody<TItem>)body.PoolBody;
        private readonly CarriedBody? _shared = ClusterWork.Carry(body.PoolBody);

        public Task<TResult> Submit(TItem item) => pool.Submit<TResult>(
            _shared is null ? new ItemCall<TItem>(_body, item) : new CarriedBodyCall<TItem>(item),
            body.HasResult, _name, _context, options, cancellationToken, _shared);

        public void Dispose()
        {
            if (_shared is not null)
            {
                pool._connection.Scheduler.Release(_shared);
            }
        }
    }
}

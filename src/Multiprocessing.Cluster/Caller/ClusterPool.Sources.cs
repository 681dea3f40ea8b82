namespace Multiprocessing;

// The flow of items and results is that of the pool of one machine: only what an item is given to differs (ClusterItems).
public sealed partial class ClusterPool
{
    /// <inheritdoc/>
    public Task<TResult[]> MapAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return ItemMap.CollectAsync(ItemsOf(body, options), source, new MapResults<TResult>(body.HasResult), body.HasResult, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Outcome<TResult>[]> MapOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return ItemMap.CollectAsync(ItemsOf(body, options), source, new MapOutcomes<TResult>(), keeps: true, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return ItemStream.Run(ItemsOf(body, options), StreamSource.Of(source), options, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
        IAsyncEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return ItemStream.Run(ItemsOf(body, options), StreamSource.Of(source, cancellationToken), options, cancellationToken);
    }

    private Func<CancellationToken, CancellationToken, ItemFlow<TItem, TResult>> ItemsOf<TItem, TResult>(
        ItemBody<TItem, TResult> body, MapOptions? options) =>
        (own, either) => new ClusterItems<TItem, TResult>(this, body, options, own, either);
}

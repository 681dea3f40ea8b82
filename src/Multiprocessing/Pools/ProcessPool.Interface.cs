namespace Multiprocessing;

public partial class ProcessPool
{
    Task<TResult> IProcessPool.RunAsync<TResult>(PoolCall<TResult> call, TaskOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Run<TResult>(call.Call, call.HasResult, call.Body, options, cancellationToken);
    }

    Task<TResult[]> IProcessPool.MapAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return MapResultsAsync<TItem, TResult>(source, body.PoolBody, body.Body, body.HasResult, options, cancellationToken);
    }

    Task<Outcome<TResult>[]> IProcessPool.MapOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return OutcomesAsync<TItem, TResult>(source, body.PoolBody, body.Body, options, cancellationToken);
    }

    IAsyncEnumerable<Outcome<TResult>> IProcessPool.StreamOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return StreamCore<TItem, TResult>(From(source), body.PoolBody, body.Body, body.HasResult, options, cancellationToken);
    }

    IAsyncEnumerable<Outcome<TResult>> IProcessPool.StreamOutcomesAsync<TItem, TResult>(
        IAsyncEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return StreamCore<TItem, TResult>(
            From(source, cancellationToken), body.PoolBody, body.Body, body.HasResult, options, cancellationToken);
    }
}

namespace Multiprocessing;

public partial class ProcessPool
{
    private protected Task<TResult[]> MapResultsAsync<TItem, TResult>(
        IEnumerable<TItem> source, PoolBody poolBody, Delegate body, bool hasResult, MapOptions? options, CancellationToken cancellationToken) =>
        ItemMap.CollectAsync(
            (own, _) => ItemsOf<TItem, TResult>(poolBody, body, hasResult, options, own),
            source, new MapResults<TResult>(hasResult), hasResult, cancellationToken);

    private protected Task<Outcome<TResult>[]> OutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, PoolBody poolBody, Delegate body, MapOptions? options, CancellationToken cancellationToken) =>
        ItemMap.CollectAsync(
            (own, _) => ItemsOf<TItem, TResult>(poolBody, body, hasResult: true, options, own),
            source, new MapOutcomes<TResult>(), keeps: true, cancellationToken);

    private PoolItems<TItem, TResult> ItemsOf<TItem, TResult>(
        PoolBody poolBody, Delegate body, bool hasResult, MapOptions? options, CancellationToken cancellationToken)
    {
        _core.ThrowIfEnded();
        var shared = Share(poolBody, body, options, cancellationToken);
        try
        {
            return new PoolItems<TItem, TResult>(_core, shared, SettingsOf(body, options, shared), hasResult, options);
        }
        catch
        {
            shared.Release();
            throw;
        }
    }

    /// <summary>Serializes a body once, for all workers.</summary>
    private SharedBody Share(PoolBody poolBody, Delegate body, MapOptions? options, CancellationToken cancellationToken)
    {
        var inContext = TaskContext.Capture() is { } context ? new ContextBody(poolBody, context, NameOf(body, options)) : poolBody;
        using var message = MessageBuffer.Rent();
        message.SenderKeepsReferences = true;
        ValueSerializer.Serialize(message, inContext, "body", new WriteContext(TaskLinkPolicy.Instance, cancellationToken));
        var bytes = new byte[message.Length];
        message.CopyTo(0, bytes);
        return new SharedBody(_core.NextBody(), bytes, message.TakeReferences());
    }
}

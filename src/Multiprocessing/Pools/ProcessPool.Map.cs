namespace Multiprocessing;

public partial class ProcessPool
{
    private protected async Task<TResult[]> MapResultsAsync<TItem, TResult>(
        IEnumerable<TItem> source, PoolBody poolBody, Delegate body, bool hasResult, MapOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        cancellationToken.ThrowIfCancellationRequested();
        _core.ThrowIfEnded();
        var shared = Share(poolBody, body, options, cancellationToken);
        try
        {
            var items = source.ToArray();
            if (items.Length == 0)
            {
                return [];
            }

            var results = new MapResults<TResult>(items.Length, hasResult);
            results.Ended = () => _core.Cancel(work => work is MapWork<TItem, TResult> map && map.Receiver == results, kills: cancellationToken.IsCancellationRequested);
            _core.Submit(new MapWork<TItem, TResult>(items, items.Length, hasResult, SettingsOf(body, options, shared), results, 0));
            using var registration = LastResort.OnCancelled(cancellationToken, _core, core => core.Post(() => results.Cancel(cancellationToken)));
            return await results.Task.ConfigureAwait(false);
        }
        finally
        {
            await (shared.HasLinks ? _core.NotesDelivered() : Task.CompletedTask).ConfigureAwait(false);
            shared.Release();
        }
    }

    private protected async Task<Outcome<TResult>[]> OutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, PoolBody poolBody, Delegate body, MapOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        cancellationToken.ThrowIfCancellationRequested();
        _core.ThrowIfEnded();
        var shared = Share(poolBody, body, options, cancellationToken);
        try
        {
            var items = source.ToArray();
            if (items.Length == 0)
            {
                return [];
            }

            var outcomes = new MapOutcomes<TResult>(items.Length);
            outcomes.Ended = () => _core.Cancel(work => work is MapWork<TItem, TResult> map && map.Receiver == outcomes, kills: cancellationToken.IsCancellationRequested);
            _core.Submit(new MapWork<TItem, TResult>(items, items.Length, true, SettingsOf(body, options, shared), outcomes, 0));
            using var registration = LastResort.OnCancelled(cancellationToken, _core, core => core.Post(() => outcomes.Cancel(cancellationToken)));
            return await outcomes.Task.ConfigureAwait(false);
        }
        finally
        {
            await (shared.HasLinks ? _core.NotesDelivered() : Task.CompletedTask).ConfigureAwait(false);
            shared.Release();
        }
    }

    /// <summary>Writes a body once, for all workers.</summary>
    private SharedBody Share(PoolBody poolBody, Delegate body, MapOptions? options, CancellationToken cancellationToken)
    {
        var inContext = TaskContext.Capture() is { } context ? new ContextBody(poolBody, context, NameOf(body, options)) : poolBody;
        using var message = MessageBuffer.Rent();
        message.SenderKeepsReferences = true;
        using (TaskLinks.Crossing())
        using (TaskToken.Crossing(cancellationToken))
        {
            ValueSerializer.Serialize(message, inContext, "body");
        }

        var bytes = new byte[message.Length];
        message.CopyTo(0, bytes);
        return new SharedBody(_core.NextBody(), bytes, message.KeepTravelling());
    }
}

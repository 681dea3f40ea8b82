namespace Multiprocessing;

public partial class ProcessPool
{
    /// <summary>Runs a body for each item, and gives all results in the order of the source.</summary>
    /// <typeparam name="TItem">Type of the items.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <param name="source">The items; read to its end by this call. For endless or large ones there is <see cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>.</param>
    /// <param name="body">What the workers run. It may capture variables; they cross once.</param>
    /// <param name="options">Name, priority, time limit of each item; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Ends the map: what waits does not begin, what runs is told, and killed after the grace.</param>
    /// <returns>The results. The first error of any item ends the map: what has not begun does not, and what runs is told to stop.</returns>
    /// <exception cref="NotSerializableException">The body cannot cross; or, as the error of the map, an item or a result.</exception>
    /// <exception cref="WorkerDiedException">A worker died while it ran an item, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">An item did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult[]> MapAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        MapResultsAsync<TItem, TResult>(source, new MapBody<TItem, TResult>(Required(body)), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body for each item, and gives all results in the order of the source.</summary>
    /// <inheritdoc cref="MapAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<TResult[]> MapAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        MapResultsAsync<TItem, TResult>(source, new AsyncMapBody<TItem, TResult>(Required(body)), body, true, options, cancellationToken);

    /// <summary>Runs a body of two arguments for each pair, and gives all results in the order of the source.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="MapAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<TResult[]> MapAsync<T1, T2, TResult>(IEnumerable<(T1, T2)> source, Func<T1, T2, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        MapResultsAsync<(T1, T2), TResult>(source, new MapBody<(T1, T2), TResult>(new TupleBody<T1, T2, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs a body of three arguments for each triple, and gives all results in the order of the source.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="MapAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<TResult[]> MapAsync<T1, T2, T3, TResult>(IEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        MapResultsAsync<(T1, T2, T3), TResult>(source, new MapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs a body for each item, and tells what became of each: an item's error, or its worker's death, concerns nothing but that item.</summary>
    /// <returns>The outcomes in the order of the source.</returns>
    /// <inheritdoc cref="MapAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<Outcome<TResult>[]> MapOutcomesAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        OutcomesAsync<TItem, TResult>(source, new MapBody<TItem, TResult>(Required(body)), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body for each item, and tells what became of each.</summary>
    /// <inheritdoc cref="MapOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<Outcome<TResult>[]> MapOutcomesAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        OutcomesAsync<TItem, TResult>(source, new AsyncMapBody<TItem, TResult>(Required(body)), body, options, cancellationToken);

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
            using var registration = cancellationToken.UnsafeRegister(_ => _core.Post(() => results.Cancel(cancellationToken)), null);
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
            using var registration = cancellationToken.UnsafeRegister(_ => _core.Post(() => outcomes.Cancel(cancellationToken)), null);
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

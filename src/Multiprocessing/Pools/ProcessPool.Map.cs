namespace Multiprocessing;

public partial class ProcessPool
{
    private protected Task<TResult[]> MapResultsAsync<TItem, TResult>(
        IEnumerable<TItem> source, PoolBody poolBody, Delegate body, bool hasResult, MapOptions? options, CancellationToken cancellationToken) =>
        CollectAsync(source, poolBody, body, hasResult, new MapResults<TResult>(hasResult), options, cancellationToken);

    private protected Task<Outcome<TResult>[]> OutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, PoolBody poolBody, Delegate body, MapOptions? options, CancellationToken cancellationToken) =>
        CollectAsync(source, poolBody, body, true, new MapOutcomes<TResult>(), options, cancellationToken);

    private async Task<TElement[]> CollectAsync<TItem, TResult, TElement>(
        IEnumerable<TItem> source,
        PoolBody poolBody,
        Delegate body,
        bool hasResult,
        MapCollection<TResult, TElement> results,
        MapOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        cancellationToken.ThrowIfCancellationRequested();
        _core.ThrowIfEnded();
        var shared = Share(poolBody, body, options, cancellationToken);
        ProgressReporter? progress = null;
        var isComplete = false;
        try
        {
            var settings = SettingsOf(body, options, shared);
            progress = ProgressReporter.Begin(_core, options, settings.Name, options?.Progress is null ? null : PlainSource.CountOf(source));
            var receiver = ProgressReporter.Count(results, progress);
            results.Ended = () =>
                _core.Cancel(
                batch => batch is ItemBatch<TItem, TResult> map && map.Receiver == receiver,
                kills: cancellationToken.IsCancellationRequested);
            using var registration = LastResort.OnCancelled(cancellationToken, _core, core => core.Post(() => results.Cancel(cancellationToken)));
            int total;
            if (PlainSource.IsReady(source))
            {
                var items = source.ToArray();
                total = items.Length;
                progress?.OnTaken(total, isAll: true);
                results.Add(total, total, hasResult);
                results.Complete();
                if (total > 0)
                {
                    _core.Submit(new ItemBatch<TItem, TResult>(items, total, hasResult, settings, receiver, 0));
                }
            }
            else
            {
                total = await SubmitAllAsync(source, hasResult, settings, results, receiver, progress).ConfigureAwait(false);
            }

            await results.Done;
            var elements = results.Take(total);
            isComplete = true;
            return elements;
        }
        finally
        {
            if (progress is not null)
            {
                await progress.EndAsync(isComplete).ConfigureAwait(false);
            }
            else if (shared.HasLinks)
            {
                await _core.Reports.FlushAsync().ConfigureAwait(false);
            }

            shared.Release();
        }
    }

    /// <summary>
    /// Submits the items of a source that may block, as the source returns them: no item waits for the next one, and the map's first error or its
    /// token ends the map however long the source blocks.
    /// </summary>
    private async Task<int> SubmitAllAsync<TItem, TResult, TElement>(
        IEnumerable<TItem> source,
        bool hasResult,
        TaskSettings settings,
        MapCollection<TResult, TElement> results,
        MapReceiver<TResult> receiver,
        ProgressReporter? progress)
    {
        var signal = new ReaderSignal();
        var feeder = new BlockingSource<TItem>(source, signal.Set);
        results.Done.WhenReached(signal.Set);
        var total = 0;
        try
        {
            while (!results.IsOver)
            {
                var waiting = signal.Arm();
                var items = feeder.Take(Array.MaxLength - total);
                if (items.Length > 0)
                {
                    var sum = total + items.Length;
                    _core.Post(() => results.Add(items.Length, sum, hasResult));
                    _core.Submit(new ItemBatch<TItem, TResult>(items, items.Length, hasResult, settings, receiver, total));
                    total = sum;
                    progress?.OnTaken(total, isAll: false);
                }
                else if (feeder.IsDrained)
                {
                    break;
                }
                else
                {
                    await waiting;
                }
            }

            if (feeder.IsDrained)
            {
                progress?.OnTaken(total, isAll: feeder.Error is null);
            }

            if (feeder.Error is { } error && !results.IsOver)
            {
                _core.Post(() => results.Fail(error));
            }
            else
            {
                _core.Post(results.Complete);
            }
        }
        finally
        {
            await feeder.DisposeAsync().ConfigureAwait(false);
        }

        return total;
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

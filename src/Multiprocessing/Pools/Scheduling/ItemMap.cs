namespace Multiprocessing;

/// <summary>All results of a source's items.</summary>
internal static class ItemMap
{
    /// <param name="create">
    /// Creates what the items are given to, of the token that the body may have captured and the one that cancels the items, which are the same here.
    /// </param>
    /// <param name="source">The source.</param>
    /// <param name="results">Collects the results.</param>
    /// <param name="keeps">Each item has an element of the results.</param>
    /// <param name="cancellationToken">Ends the map.</param>
    public static async Task<TElement[]> CollectAsync<TItem, TResult, TElement>(
        Func<CancellationToken, CancellationToken, ItemFlow<TItem, TResult>> create,
        IEnumerable<TItem> source,
        MapCollection<TResult, TElement> results,
        bool keeps,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        cancellationToken.ThrowIfCancellationRequested();
        var items = create(cancellationToken, cancellationToken);
        await using var end = items.ConfigureAwait(false);
        items.Begin(results, () => PlainSource.CountOf(source));
        results.Ended = () => items.Cancel(kills: cancellationToken.IsCancellationRequested);
        using var registration = LastResort.OnCancelled(cancellationToken, items, items => items.Post(() => results.Cancel(cancellationToken)));
        if (PlainSource.IsReady(source))
        {
            var all = source.ToArray();
            results.Add(all.Length, all.Length, keeps);
            results.Complete();
            items.Submit(all);
            items.OnSourceEnded();
        }
        else
        {
            await SubmitAllAsync(items, source, results, keeps).ConfigureAwait(false);
        }

        await results.Done;
        var elements = results.Take((int)items.Count);
        items.Complete();
        return elements;
    }

    /// <summary>
    /// Submits the items of a source that may block, as the source returns them: no item waits for the next one, and the map's first error or its
    /// token ends the map however long the source blocks.
    /// </summary>
    private static async Task SubmitAllAsync<TItem, TResult, TElement>(
        ItemFlow<TItem, TResult> items, IEnumerable<TItem> source, MapCollection<TResult, TElement> results, bool keeps)
    {
        var signal = new ReaderSignal();
        var feeder = new BlockingSource<TItem>(source, signal.Set);
        results.Done.WhenReached(signal.Set);
        try
        {
            while (!results.IsOver)
            {
                var waiting = signal.Arm();
                var room = Array.MaxLength - (int)items.Count;
                var next = feeder.Take(Math.Max(1, room));
                if (next.Length > room)
                {
                    items.Post(() => results.Fail(new NotSupportedException(
                        $"The source has more than {Array.MaxLength:N0} items, the length of the longest array. "
                        + "A stream returns their results one by one.")));
                }
                else if (next.Length > 0)
                {
                    var sum = (int)items.Count + next.Length;
                    items.Post(() => results.Add(next.Length, sum, keeps));
                    items.Submit(next);
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

            if (feeder.IsDrained && feeder.Error is null)
            {
                items.OnSourceEnded();
            }

            if (feeder.Error is { } error && !results.IsOver)
            {
                items.Post(() => results.Fail(error));
            }
            else
            {
                items.Post(results.Complete);
            }
        }
        finally
        {
            await feeder.DisposeAsync().ConfigureAwait(false);
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Multiprocessing;

// The flow of items and results is that of the pool of one machine, with its sources and receivers: only what an item is given to differs.
public sealed partial class ClusterPool
{
    /// <summary>How many items of a map are read from its source between two looks at whether the map is over.</summary>
    private const int MapStep = 4096;

    /// <inheritdoc/>
    public Task<TResult[]> MapAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return CollectAsync(source, body, new MapResults<TResult>(body.HasResult), body.HasResult, options, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Outcome<TResult>[]> MapOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return CollectAsync(source, body, new MapOutcomes<TResult>(), keeps: true, options, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return StreamCore(StreamSource.Of(source), body, options, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
        IAsyncEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return StreamCore(StreamSource.Of(source, cancellationToken), body, options, cancellationToken);
    }

    /// <summary>Code of the source's type is not asked for what is not reported.</summary>
    private static long? CountOf<TItem>(StreamSource<TItem> source, MapOptions? options) => options?.Progress is null ? null : source.Count;

    /// <summary>
    /// Submits the items as the source returns them: no item waits for the next one, and the map's first error or its token ends the map however long
    /// the source blocks.
    /// </summary>
    private async Task<TElement[]> CollectAsync<TItem, TResult, TElement>(
        IEnumerable<TItem> items,
        ItemBody<TItem, TResult> body,
        MapCollection<TResult, TElement> results,
        bool keeps,
        MapOptions? options,
        CancellationToken cancellationToken)
    {
        var open = StreamSource.Of(items);
        cancellationToken.ThrowIfCancellationRequested();
        var signal = new ReaderSignal();
        var source = open(signal.Set);
        await using var map = new ClusterItems<TItem, TResult>(this, body, options, CountOf(source, options), results, cancellationToken);
        results.Ended = map.Cancel;
        results.Done.WhenReached(signal.Set);
        using var registration = LastResort.OnCancelled(cancellationToken, map, map => map.Post(() => results.Cancel(cancellationToken)));
        try
        {
            while (!results.IsOver)
            {
                var waiting = signal.Arm();
                var next = source.Take(MapStep);
                if (next.Length > 0)
                {
                    map.Post(() => results.Add(next.Length, (int)map.Count + next.Length, keeps));
                    map.Submit(next);
                }
                else if (source.IsDrained)
                {
                    break;
                }
                else
                {
                    await waiting;
                }
            }

            var error = source.IsDrained ? source.Error : null;
            if (source.IsDrained && error is null)
            {
                map.OnSourceEnded();
            }

            map.Post(() =>
            {
                if (error is null)
                {
                    results.Complete();
                }
                else
                {
                    results.Fail(error);
                }
            });
        }
        finally
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }

        await results.Done;
        var elements = results.Take((int)map.Count);
        map.Complete();
        return elements;
    }

    /// <summary>
    /// The reader's own flow feeds the nodes: each time it asks for a result, the items in flight are filled up to their maximum. So nothing is read
    /// from the source ahead of a reader that has stopped. A source that may block is read elsewhere (<see cref="FedSource{TItem}"/>).
    /// </summary>
    private async IAsyncEnumerable<Outcome<TResult>> StreamCore<TItem, TResult>(
        Func<Action, StreamSource<TItem>> open,
        ItemBody<TItem, TResult> body,
        MapOptions? options,
        CancellationToken first,
        [EnumeratorCancellation] CancellationToken second = default)
    {
        var (max, maxBytes) = MapOptions.LimitsOf(options, Workers);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(first, second);
        ThrowIfCancelled();
        var signal = new ReaderSignal();
        var receiver = new StreamReceiver<TResult>(max, options?.Ordered ?? true, signal);
        var source = open(signal.Set);
        await using var stream = new ClusterItems<TItem, TResult>(this, body, options, CountOf(source, options), receiver, either.Token);
        var registration = LastResort.OnCancelled(either.Token, signal, static signal => signal.Set());
        var inFlight = 0;
        var hasEnded = false;
        try
        {
            while (true)
            {
                var limit = stream.Size.LimitOf(max, maxBytes);
                if (!hasEnded && inFlight < limit && (HasMuchRoom() || source.HasItems))
                {
                    var next = source.Take(limit - inFlight);
                    stream.Submit(next);
                    inFlight += next.Length;
                    hasEnded = source.IsDrained;
                    if (hasEnded && source.Error is null)
                    {
                        stream.OnSourceEnded();
                    }
                }

                var any = false;
                while (receiver.TryTake(out var outcome))
                {
                    any = true;
                    inFlight--;
                    yield return outcome;
                    if (!hasEnded && HasMuchRoom())
                    {
                        break;
                    }
                }

                ThrowIfCancelled();
                if (any)
                {
                    continue;
                }

                if (inFlight == 0 && hasEnded)
                {
                    break;
                }

                var waiting = signal.Arm();
                if (!receiver.HasResults && !(source.HasItems && !hasEnded && inFlight < limit) && !either.IsCancellationRequested)
                {
                    await waiting;
                }

                ThrowIfCancelled();

                // A source that may block is not woken for each item.
                bool HasMuchRoom() => inFlight <= limit - Math.Max(1, limit / 4);
            }

            if (source.Error is { } error)
            {
                ExceptionDispatchInfo.Throw(error);
            }

            stream.Complete();
        }
        finally
        {
            receiver.End();
            registration.Unregister();
            stream.Cancel();
            await source.DisposeAsync().ConfigureAwait(false);
        }

        void ThrowIfCancelled() => (first.IsCancellationRequested ? first : second).ThrowIfCancellationRequested();
    }
}

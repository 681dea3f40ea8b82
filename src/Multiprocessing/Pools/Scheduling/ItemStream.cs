using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Multiprocessing;

/// <summary>The results of a source's items, one after the other.</summary>
internal static class ItemStream
{
    /// <summary>
    /// The reader's own flow feeds the pool: each time it asks for a result, the items in flight are filled up to their maximum. So nothing is read
    /// from the source ahead of a reader that has stopped. A source that may block is read elsewhere (see <see cref="FedSource{TItem}"/>): the pool
    /// gets the items that are available, and the reader gets results, while the source blocks.
    /// </summary>
    /// <param name="create">
    /// Creates what the items are given to, of the token that the body may have captured and the one that cancels the items.
    /// </param>
    /// <param name="open">Opens the source.</param>
    /// <param name="options">The options of the call.</param>
    /// <param name="first">The token that the call was given.</param>
    /// <param name="second">The token that the reader was given.</param>
    public static async IAsyncEnumerable<Outcome<TResult>> Run<TItem, TResult>(
        Func<CancellationToken, CancellationToken, ItemFlow<TItem, TResult>> create,
        Func<Action, StreamSource<TItem>> open,
        MapOptions? options,
        CancellationToken first,
        [EnumeratorCancellation] CancellationToken second = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(first, second);
        ThrowIfCancelled();
        var items = create(first.CanBeCanceled ? first : second, either.Token);
        await using var end = items.ConfigureAwait(false);
        var (max, maxBytes) = MapOptions.LimitsOf(options, items.Workers);
        var signal = new ReaderSignal();
        var receiver = new StreamReceiver<TResult>(max, options?.Ordered ?? true, signal);
        var source = open(signal.Set);
        var registration = LastResort.OnCancelled(either.Token, signal, static signal => signal.Set());
        var inFlight = 0;
        var hasEnded = false;
        try
        {
            items.Begin(receiver, () => source.Count);
            while (true)
            {
                var limit = items.Size.LimitOf(max, maxBytes);
                if (!hasEnded && inFlight < limit && (HasMuchRoom() || source.HasItems))
                {
                    var next = source.Take(limit - inFlight);
                    hasEnded = source.IsDrained;
                    inFlight += next.Length;
                    items.Submit(next);
                    if (hasEnded && source.Error is null)
                    {
                        items.OnSourceEnded();
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

            items.Complete();
        }
        finally
        {
            receiver.End();
            registration.Unregister();
            if (inFlight > 0)
            {
                items.Cancel(kills: true);
            }

            await source.DisposeAsync().ConfigureAwait(false);
        }

        void ThrowIfCancelled() => (first.IsCancellationRequested ? first : second).ThrowIfCancellationRequested();
    }
}

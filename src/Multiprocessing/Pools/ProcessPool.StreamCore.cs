using System.Runtime.CompilerServices;

namespace Multiprocessing;

public partial class ProcessPool
{
    /// <summary>
    /// The reader's own flow feeds the workers: each time it asks for a result, the items in flight are filled up to their maximum. So nothing is
    /// read from the source ahead of a reader that has stopped. A source that may block is read elsewhere (see <see cref="FedSource{TItem}"/>):
    /// workers get the items that are available, and the reader gets results, while the source blocks.
    /// </summary>
    private protected async IAsyncEnumerable<Outcome<TResult>> StreamCore<TItem, TResult>(
        Func<Action, StreamSource<TItem>> open,
        PoolBody poolBody,
        Delegate body,
        bool hasResult,
        MapOptions? options,
        CancellationToken first,
        [EnumeratorCancellation] CancellationToken second = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(first, second);
        var cancellationToken = linked.Token;
        cancellationToken.ThrowIfCancellationRequested();
        _core.ThrowIfEnded();
        var (max, maxBytes) = MapOptions.LimitsOf(options, Workers);
        var shared = Share(poolBody, body, options, first.CanBeCanceled ? first : second);
        var settings = SettingsOf(body, options, shared);
        var signal = new ReaderSignal();
        var receiver = new StreamReceiver<TResult>(max, options?.Ordered ?? true, signal);
        var source = open(signal.Set);
        ProgressReporter? progress = null;
        MapReceiver<TResult> counted = receiver;
        long taken = 0;
        var inFlight = 0;
        var hasEnded = false;
        var isComplete = false;
        var registration = LastResort.OnCancelled(cancellationToken, signal, static signal => signal.Set());
        try
        {
            progress = ProgressReporter.Begin(_core, options, settings.Name, options?.Progress is null ? null : source.Count);
            counted = ProgressReporter.Count(receiver, progress);
            while (true)
            {
                var limit = shared.Size.LimitOf(max, maxBytes);
                if (!hasEnded && inFlight < limit && (inFlight <= limit - Math.Max(1, limit / 4) || source.HasItems))
                {
                    var items = source.Take(limit - inFlight);
                    hasEnded = source.IsDrained;
                    if (items.Length > 0)
                    {
                        inFlight += items.Length;
                        _core.Submit(new ItemBatch<TItem, TResult>(items, items.Length, hasResult, settings, counted, taken));
                        taken += items.Length;
                    }

                    progress?.OnTaken(taken, isAll: hasEnded && source.Error is null);
                }

                var any = false;
                while (receiver.TryTake(out var outcome))
                {
                    any = true;
                    inFlight--;
                    yield return outcome;
                    if (!hasEnded && inFlight <= limit - Math.Max(1, limit / 4))
                    {
                        break;
                    }
                }

                cancellationToken.ThrowIfCancellationRequested();
                if (any)
                {
                    continue;
                }

                if (inFlight == 0 && hasEnded)
                {
                    break;
                }

                var waiting = signal.Arm();
                if (!receiver.HasResults && !(source.HasItems && !hasEnded && inFlight < limit) && !cancellationToken.IsCancellationRequested)
                {
                    await waiting;
                }

                cancellationToken.ThrowIfCancellationRequested();
            }

            if (source.Error is { } error)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
            }

            isComplete = true;
        }
        finally
        {
            receiver.End();
            registration.Unregister();
            if (inFlight > 0)
            {
                _core.Cancel(batch => batch is ItemBatch<TItem, TResult> map && map.Receiver == counted, kills: true);
            }

            try
            {
                await source.DisposeAsync().ConfigureAwait(false);
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
    }

    private protected static Func<Action, StreamSource<TItem>> From<TItem>(IEnumerable<TItem> source) => StreamSource.Of(source);

    private protected static Func<Action, StreamSource<TItem>> From<TItem>(IAsyncEnumerable<TItem> source, CancellationToken cancellationToken) =>
        StreamSource.Of(source, cancellationToken);

    /// <summary>Returns the results, or throws the first error.</summary>
    internal static async IAsyncEnumerable<TResult> ResultsOf<TResult>(
        IAsyncEnumerable<Outcome<TResult>> outcomes,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var outcome in outcomes.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return outcome.Result;
        }
    }

    internal static async Task DrainAsync<TResult>(IAsyncEnumerable<Outcome<TResult>> outcomes)
    {
        await foreach (var outcome in outcomes.ConfigureAwait(false))
        {
            _ = outcome.Result;
        }
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

public partial class ProcessPool
{
    private const int DefaultInFlight = 256;
    private const int DefaultInFlightPerWorker = 8;

    /// <summary>How long items are gathered before they are sent: a slow source's first item does not wait for its second.</summary>
    private static readonly long GatherTicks = Stopwatch.Frequency / 2000;

    /// <summary>
    /// The reader's own flow feeds the workers: each time it asks for a result, items are taken from the source until as many are in flight as may be. So nothing is taken ahead of a
    /// reader that stopped, and the source is never used by two threads at once.
    /// </summary>
    private protected async IAsyncEnumerable<Outcome<TResult>> StreamCore<TItem, TResult>(
        Func<StreamSource<TItem>> open, PoolBody poolBody, Delegate body, bool hasResult, MapOptions? options, CancellationToken first, [EnumeratorCancellation] CancellationToken second = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(first, second);
        var cancellationToken = linked.Token;
        cancellationToken.ThrowIfCancellationRequested();
        _core.ThrowIfEnded();
        var most = options?.MaxInFlight ?? Math.Max(DefaultInFlight, DefaultInFlightPerWorker * Workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(MapOptions.MaxInFlight));
        var mostBytes = options?.MaxBytesInFlight ?? new MapOptions().MaxBytesInFlight;
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBytes, 1, nameof(MapOptions.MaxBytesInFlight));
        var shared = Share(poolBody, body, options, first.CanBeCanceled ? first : second);
        var settings = SettingsOf(body, options, shared);
        var receiver = new StreamReceiver<TResult>(most, options?.Ordered ?? true);
        var source = open();
        long taken = 0;
        var inFlight = 0;
        var hasEnded = false;
        Exception? sourceError = null;
        var registration = LastResort.OnCancelled(cancellationToken, receiver, static receiver => receiver.Wake());
        try
        {
            while (true)
            {
                var limit = (int)Math.Clamp(mostBytes / shared.TypicalBytes, 1, most);
                if (!hasEnded && inFlight <= limit - Math.Max(1, limit / 4))
                {
                    var batch = new TItem[limit - inFlight];
                    var count = Gather(source, batch, ref hasEnded, ref sourceError);
                    if (count > 0)
                    {
                        inFlight += count;
                        _core.Submit(new MapWork<TItem, TResult>(batch, count, hasResult, settings, receiver, taken));
                        taken += count;
                    }
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

                if (source.Moving is { } moving)
                {
                    await Task.WhenAny(moving, receiver.WaitAsync()).ConfigureAwait(false);
                }
                else if (inFlight > 0)
                {
                    await receiver.WaitAsync().ConfigureAwait(false);
                }

                cancellationToken.ThrowIfCancellationRequested();
            }

            if (sourceError is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(sourceError);
            }
        }
        finally
        {
            receiver.End();
            await registration.DisposeAsync().ConfigureAwait(false);
            if (inFlight > 0)
            {
                _core.Cancel(work => work is MapWork<TItem, TResult> map && map.Receiver == receiver, kills: true);
            }

            await source.DisposeAsync().ConfigureAwait(false);
            await (shared.HasLinks ? _core.NotesDelivered() : Task.CompletedTask).ConfigureAwait(false);
            shared.Release();
        }
    }

    private protected static Func<StreamSource<TItem>> From<TItem>(IEnumerable<TItem> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return () => new PlainSource<TItem>(source);
    }

    private protected static Func<StreamSource<TItem>> From<TItem>(IAsyncEnumerable<TItem> source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        return () => new AsyncSource<TItem>(source, cancellationToken);
    }

    /// <summary>The results, or the first error.</summary>
    private protected static async IAsyncEnumerable<TResult> ResultsOf<TResult>(IAsyncEnumerable<Outcome<TResult>> outcomes, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var outcome in outcomes.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return outcome.Result;
        }
    }

    private protected static async Task DrainAsync<TResult>(IAsyncEnumerable<Outcome<TResult>> outcomes)
    {
        await foreach (var outcome in outcomes.ConfigureAwait(false))
        {
            _ = outcome.Result;
        }
    }

    /// <summary>Takes what the source has ready, for a short time. What it throws comes after the results of the items before it.</summary>
    private static int Gather<TItem>(StreamSource<TItem> source, TItem[] batch, ref bool hasEnded, ref Exception? error)
    {
        var count = 0;
        var end = 0L;
        try
        {
            while (count < batch.Length)
            {
                switch (source.TryMove(out batch[count]))
                {
                    case true:
                        count++;
                        break;
                    case false:
                        hasEnded = true;
                        return count;
                    default:
                        return count;
                }

                var now = Stopwatch.GetTimestamp();
                end = end == 0 ? now + GatherTicks : end;
                if (now > end)
                {
                    return count;
                }
            }
        }
        catch (Exception exception)
        {
            error = exception;
            hasEnded = true;
        }

        return count;
    }
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Multiprocessing;

public sealed partial class ClusterPool
{
    private const int DefaultInFlight = 256;
    private const int DefaultInFlightPerWorker = 8;

    /// <summary>When a stream ends while its source is asked for an item, the source has this time to return.</summary>
    private static readonly TimeSpan SourceGrace = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public async Task<TResult[]> MapAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(body);
        cancellationToken.ThrowIfCancellationRequested();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var submitter = new ItemSubmitter<TItem, TResult>(this, body, options, CountOf(source, options), ending.Token);
        var tasks = new List<Task<TResult>>();
        Task<TResult>? first = null;
        foreach (var item in source)
        {
            var task = submitter.Submit(item);
            tasks.Add(task);
            _ = task.ContinueWith(
                ended =>
                {
                    if (Interlocked.CompareExchange(ref first, ended, null) is null)
                    {
                        ending.Cancel();
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            if (ending.IsCancellationRequested)
            {
                break;
            }
        }

        submitter.OnSourceEnded();
        await ((Task)Task.WhenAll(tasks)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (Volatile.Read(ref first) is { } failed)
        {
            await failed.ConfigureAwait(false);
        }

        // All tasks may have ended before the continuation of the first one that failed has run.
        await (tasks.Find(static task => task.IsFaulted) ?? tasks.Find(static task => task.IsCanceled) ?? Task.CompletedTask).ConfigureAwait(false);
        submitter.Complete();
        return [.. tasks.Select(static task => task.Result)];
    }

    /// <inheritdoc/>
    public async Task<Outcome<TResult>[]> MapOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(body);
        cancellationToken.ThrowIfCancellationRequested();
        await using var submitter = new ItemSubmitter<TItem, TResult>(this, body, options, CountOf(source, options), cancellationToken);
        var tasks = source.Select((item, index) => OutcomeOf(index, submitter.Submit(item))).ToList();
        submitter.OnSourceEnded();
        var outcomes = await Task.WhenAll(tasks).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        submitter.Complete();
        return outcomes;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(body);
        return StreamCore(_ => Enumerate(source).GetAsyncEnumerator(), CountOf(source, options), body, options, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
        IAsyncEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(body);
        return StreamCore(source.GetAsyncEnumerator, count: null, body, options, cancellationToken);
    }

    /// <summary>Code of the source's type is not asked for what is not reported.</summary>
    private static long? CountOf<TItem>(IEnumerable<TItem> source, MapOptions? options) =>
        options?.Progress is null ? null : PlainSource.CountOf(source);

    private static async Task<Outcome<TResult>> OutcomeOf<TResult>(long index, Task<TResult> task)
    {
        try
        {
            return Outcome<TResult>.Of(index, await task.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            return Outcome<TResult>.Of(index, exception);
        }
    }

#pragma warning disable CS1998 // The items of a plain source are there: nothing is awaited.
    private static async IAsyncEnumerable<TItem> Enumerate<TItem>(IEnumerable<TItem> source)
#pragma warning restore CS1998
    {
        foreach (var item in source)
        {
            yield return item;
        }
    }

    /// <summary>The reader's own flow reads the source while there is room, so nothing is read ahead of a reader that has stopped.</summary>
    private async IAsyncEnumerable<Outcome<TResult>> StreamCore<TItem, TResult>(
        Func<CancellationToken, IAsyncEnumerator<TItem>> open,
        long? count,
        ItemBody<TItem, TResult> body,
        MapOptions? options,
        CancellationToken first,
        [EnumeratorCancellation] CancellationToken second = default)
    {
        var max = options?.MaxInFlight ?? Math.Max(DefaultInFlight, DefaultInFlightPerWorker * Workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1, nameof(MapOptions.MaxInFlight));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(first, second);
        ending.Token.ThrowIfCancellationRequested();
        await using var submitter = new ItemSubmitter<TItem, TResult>(this, body, options, count, ending.Token);
        var order = new StreamOrder<TResult>(options?.Ordered ?? true);
        var source = open(ending.Token);
        Task<bool>? moving = null;
        var hasEnded = false;
        long taken = 0;
        var inFlight = 0;
        try
        {
            while (true)
            {
                if (!hasEnded && moving is null && inFlight < max)
                {
                    moving = source.MoveNextAsync().AsTask();
                }

                if (moving is { IsCompleted: true })
                {
                    hasEnded = !await moving.ConfigureAwait(false);
                    moving = null;
                    if (hasEnded)
                    {
                        submitter.OnSourceEnded();
                    }
                    else
                    {
                        order.Add(OutcomeOf(taken++, submitter.Submit(source.Current)));
                        inFlight++;
                    }

                    continue;
                }

                if (order.TryTake(out var outcome))
                {
                    (first.IsCancellationRequested ? first : second).ThrowIfCancellationRequested();
                    inFlight--;
                    yield return outcome;
                    continue;
                }

                if (hasEnded && inFlight == 0)
                {
                    break;
                }

                await WaitAsync(inFlight > 0 ? order.WhenReady() : moving!, moving, ending.Token).ConfigureAwait(false);
                (first.IsCancellationRequested ? first : second).ThrowIfCancellationRequested();
            }

            submitter.Complete();
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await EndAsync(source, moving).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until one of them is over, or the token is cancelled.</summary>
    private static Task WaitAsync(Task outcome, Task? moving, CancellationToken cancellationToken) =>
        Task.WhenAny(outcome, moving ?? outcome).ContinueWith(
            static _ => { }, cancellationToken, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
            .ContinueWith(static _ => { }, TaskScheduler.Default);

    /// <summary>Disposes of a source: at once, or when it has returned from the item that it was asked for.</summary>
    private static async Task EndAsync<TItem>(IAsyncEnumerator<TItem> source, Task<bool>? moving)
    {
        if (moving is null)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            return;
        }

        var disposed = moving.ContinueWith(_ => source.DisposeAsync().AsTask(), TaskScheduler.Default).Unwrap();
        await Task.WhenAny(disposed, Task.Delay(SourceGrace)).ConfigureAwait(false);
    }

    /// <summary>The outcomes of a stream: in the order of the items, or as they arrive.</summary>
    private sealed class StreamOrder<TResult>(bool isOrdered)
    {
        private readonly Channel<Outcome<TResult>> _arrived = Channel.CreateUnbounded<Outcome<TResult>>();
        private readonly Queue<Task<Outcome<TResult>>> _queue = new();
        private Task<bool>? _ready;

        public void Add(Task<Outcome<TResult>> outcome)
        {
            if (isOrdered)
            {
                _queue.Enqueue(outcome);
            }
            else
            {
                _ = outcome.ContinueWith(
                    (ended, arrived) => ((ChannelWriter<Outcome<TResult>>)arrived!).TryWrite(ended.Result), _arrived.Writer, TaskScheduler.Default);
            }
        }

        public bool TryTake(out Outcome<TResult> outcome)
        {
            if (!isOrdered)
            {
                return _arrived.Reader.TryRead(out outcome);
            }

            if (_queue.TryPeek(out var next) && next.IsCompleted)
            {
                outcome = _queue.Dequeue().Result;
                return true;
            }

            outcome = default;
            return false;
        }

        public Task WhenReady()
        {
            if (isOrdered)
            {
                return _queue.Peek();
            }

            if (_ready is null or { IsCompleted: true })
            {
                _ready = _arrived.Reader.WaitToReadAsync().AsTask();
            }

            return _ready;
        }
    }
}

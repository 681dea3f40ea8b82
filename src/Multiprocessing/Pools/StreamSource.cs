namespace Multiprocessing;

/// <summary>Where the items of a stream come from, without regard to whether they have to be waited for.</summary>
internal abstract class StreamSource<TItem> : IAsyncDisposable
{
    /// <summary>True for an item, false at the end; null if it has to be waited for, see <see cref="Moving"/>.</summary>
    public abstract bool? TryMove(out TItem item);

    /// <summary>The wait for the next item, if one is under way.</summary>
    public abstract Task? Moving { get; }

    public abstract ValueTask DisposeAsync();
}

/// <summary>Items that are there when they are asked for.</summary>
internal sealed class PlainSource<TItem>(IEnumerable<TItem> items) : StreamSource<TItem>
{
    private readonly IEnumerator<TItem> _items = items.GetEnumerator();

    public override Task? Moving => null;

    public override bool? TryMove(out TItem item)
    {
        var moved = _items.MoveNext();
        item = moved ? _items.Current : default!;
        return moved;
    }

    public override ValueTask DisposeAsync()
    {
        _items.Dispose();
        return default;
    }
}

/// <summary>Items that come in their own time.</summary>
internal sealed class AsyncSource<TItem> : StreamSource<TItem>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _ending;
    private readonly IAsyncEnumerator<TItem> _items;
    private Task<bool>? _moving;

    public AsyncSource(IAsyncEnumerable<TItem> items, CancellationToken cancellationToken)
    {
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _items = items.GetAsyncEnumerator(_ending.Token);
    }

    public override Task? Moving => _moving;

    public override bool? TryMove(out TItem item)
    {
        item = default!;
        bool moved;
        if (_moving is null)
        {
            var moving = _items.MoveNextAsync();
            if (!moving.IsCompleted)
            {
                _moving = moving.AsTask();
                return null;
            }

            moved = moving.GetAwaiter().GetResult();
        }
        else if (!_moving.IsCompleted)
        {
            return null;
        }
        else
        {
            var finished = _moving;
            _moving = null;
            moved = finished.GetAwaiter().GetResult();
        }

        item = moved ? _items.Current : default!;
        return moved;
    }

    /// <summary>A source that waits is asked to stop. One that does not is left to itself after a while: its enumerator may not be disposed of while it moves.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        if (_moving is { } moving)
        {
            await ((Task)moving).WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!moving.IsCompleted)
            {
                _ = moving.ContinueWith(
                    static (ended, state) =>
                    {
                        _ = ended.Exception; // nobody waits for the item any more, nor for what became of it
                        LastResort.Run(EntryPoint.SourceEnd, (IAsyncEnumerator<TItem>)state!, static items => _ = items.DisposeAsync().AsTask());
                    },
                    _items,
                    TaskScheduler.Default);
                return;
            }
        }

        await _items.DisposeAsync().ConfigureAwait(false);
        _ending.Dispose();
    }
}

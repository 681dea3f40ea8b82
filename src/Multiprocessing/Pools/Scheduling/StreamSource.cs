using System.Collections;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;

namespace Multiprocessing;

/// <summary>The source of a stream's items, whether it may block or not. Used by one reader.</summary>
internal abstract class StreamSource<TItem> : IAsyncDisposable
{
    /// <summary>All items were taken, and no more will follow.</summary>
    public abstract bool IsDrained { get; }

    /// <summary>The exception of the source, once it has ended.</summary>
    public abstract Exception? Error { get; }

    /// <summary>There may be items now that were not available at the last <see cref="Take"/>, or the source has ended.</summary>
    public abstract bool HasItems { get; }

    /// <summary>Returns the items that are available.</summary>
    /// <param name="max">The maximum number; from now on this many, including those returned here, may be read from the source.</param>
    public abstract TItem[] Take(int max);

    /// <summary>Reads nothing more from the source, and disposes of its enumerator.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Which sources never block: the collections of the framework.</summary>
internal static class PlainSource
{
    /// <summary>
    /// Whether enumerating the source runs no code that could block: it is a collection, and one of the framework's own, because the enumerator of
    /// any other may do anything. Everything else, including queries, is enumerated on a thread of its own.
    /// </summary>
    public static bool IsReady<TItem>(IEnumerable<TItem> source) =>
        source is TItem[] or List<TItem> or string
        || (source is ICollection<TItem> or IReadOnlyCollection<TItem> or ICollection && IsOfFramework(source.GetType()));

    private static bool IsOfFramework(Type type) =>
        type.Assembly == typeof(object).Assembly || type.Assembly == typeof(HashSet<>).Assembly
        || type.Assembly == typeof(Stack<>).Assembly || type.Assembly == typeof(Enumerable).Assembly
        || type.Assembly == typeof(System.Collections.Concurrent.ConcurrentBag<>).Assembly || type.Assembly == typeof(ImmutableArray).Assembly;
}

/// <summary>A source that does not block: the reader itself enumerates it.</summary>
internal sealed class PlainSource<TItem>(IEnumerable<TItem> items) : StreamSource<TItem>
{
    private readonly IEnumerator<TItem> _items = items.GetEnumerator();
    private bool _hasEnded;
    private Exception? _error;

    public override bool IsDrained => _hasEnded;

    public override Exception? Error => _error;

    public override bool HasItems => false;

    public override TItem[] Take(int max)
    {
        var items = new TItem[max];
        var count = 0;
        try
        {
            while (count < max && (_hasEnded = !_items.MoveNext()) is false)
            {
                items[count++] = _items.Current;
            }
        }
        catch (Exception exception)
        {
            _error = exception; // changed while it was enumerated
            _hasEnded = true;
        }

        return count == max ? items : items[..count];
    }

    public override ValueTask DisposeAsync()
    {
        _items.Dispose();
        return default;
    }
}

/// <summary>
/// A source that may block: other code enumerates it, and the reader takes the items that are available. Owns the items in between, under its gate.
/// </summary>
/// <param name="signal">Signals the reader that there may be items.</param>
internal abstract class FedSource<TItem>(Action signal) : StreamSource<TItem>
{
    /// <summary>How long the end of a stream waits for a source that is reading its next item at that moment.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Milestone _left = new();
    private List<TItem> _items = [];
    private long _taken;
    private long _given;
    private long _allowed;
    private bool _hasBegun;
    private Milestone? _mayMove;
    private volatile bool _hasEnded;
    private volatile bool _isMoving;
    private volatile bool _isOver;
    private volatile Exception? _error;
    private ExceptionDispatchInfo? _failedEnd;

    public override bool IsDrained
    {
        get
        {
            lock (_gate)
            {
                return _hasEnded && _items.Count == 0;
            }
        }
    }

    public override Exception? Error => _error;

    public override bool HasItems => _hasEnded || Volatile.Read(ref _taken) != _given;

    public override TItem[] Take(int max)
    {
        List<TItem> items;
        Milestone? mayMove;
        lock (_gate)
        {
            _allowed = _given + max;
            mayMove = _taken < _allowed ? _mayMove : null;
            _mayMove = mayMove is null ? _mayMove : null;
            if (_items.Count <= max)
            {
                items = _items;
                _items = [];
            }
            else
            {
                items = _items[..max];
                _items.RemoveRange(0, max);
            }

            _given += items.Count;
        }

        mayMove?.Reach();
        if (!_hasBegun)
        {
            Begin();
            _hasBegun = true;
        }

        return [.. items];
    }

    /// <summary>
    /// Ends the enumeration where it is and disposes of the enumerator. A source that is reading its next item at this moment is abandoned after
    /// <see cref="Patience"/>: its enumerator is disposed of, on the thread that it blocks, as soon as it returns; an enumerator must not be disposed
    /// of before.
    /// </summary>
    public override async ValueTask DisposeAsync()
    {
        if (!_hasBegun)
        {
            return;
        }

        Milestone? mayMove;
        lock (_gate)
        {
            _isOver = true;
            (mayMove, _mayMove) = (_mayMove, null);
        }

        mayMove?.Reach();
        OnOver();
        if (!await _left.WaitAsync(Patience).ConfigureAwait(false) && !_isMoving)
        {
            await _left; // it is being disposed of at this moment, by the program's own code
        }

        if (_left.IsReached)
        {
            _failedEnd?.Throw();
        }
    }

    /// <summary>Starts the enumeration.</summary>
    protected abstract void Begin();

    /// <summary>The stream is over: cancels a source that waits.</summary>
    protected virtual void OnOver()
    {
    }

    /// <summary>Called by the enumeration around each piece of the source's code that may block.</summary>
    protected void SetMoving(bool isMoving) => _isMoving = isMoving;

    /// <summary>
    /// Returns <see langword="null"/> if the next item may be read from the source; otherwise a milestone that is reached when it may, or when the
    /// stream is over.
    /// </summary>
    protected Milestone? MayMove()
    {
        lock (_gate)
        {
            return _isOver || _taken < _allowed ? null : _mayMove ??= new Milestone();
        }
    }

    protected bool IsOver => _isOver;

    /// <summary>Adds an item that was read from the source.</summary>
    protected void Add(TItem item)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = _items.Count == 0;
            _items.Add(item);
            _taken++;
        }

        if (isFirst)
        {
            signal();
        }
    }

    /// <summary>The source has ended or thrown.</summary>
    protected void End(Exception? error)
    {
        _error = error;
        _hasEnded = true;
        signal();
    }

    /// <summary>The enumeration could not be started.</summary>
    protected void Lose(Exception error)
    {
        End(error);
        Leave(null);
    }

    /// <summary>The enumerator was disposed of, or threw when it was.</summary>
    protected void Leave(Exception? error)
    {
        _failedEnd = error is null ? null : ExceptionDispatchInfo.Capture(error);
        _left.Reach();
    }
}

/// <summary>
/// A source that may block, enumerated on a thread of the library's own, in the context of the reader that asked for the first item.
/// </summary>
internal sealed class BlockingSource<TItem>(IEnumerable<TItem> source, Action signal) : FedSource<TItem>(signal)
{
    protected override void Begin()
    {
        var context = ExecutionContext.Capture();
        LibraryThreads.Run(
            state =>
            {
                if (state is null)
                {
                    Enumerate();
                }
                else
                {
                    ExecutionContext.Run((ExecutionContext)state, _ => Enumerate(), null);
                }
            },
            context);
    }

    private void Enumerate()
    {
        IEnumerator<TItem>? items = null;
        Exception? error = null;
        try
        {
            SetMoving(true);
            items = source.GetEnumerator();
            while (MayGoOn() && items.MoveNext())
            {
                Add(items.Current);
            }
        }
        catch (Exception exception)
        {
            error = exception;
        }

        End(error);
        SetMoving(false);
        error = null;
        try
        {
            items?.Dispose();
        }
        catch (Exception exception)
        {
            error = exception;
        }

        Leave(error);
    }

    private bool MayGoOn()
    {
        while (MayMove() is { } soon)
        {
            SetMoving(false);
            soon.AsTask().Wait();
            SetMoving(true);
        }

        return !IsOver;
    }
}

/// <summary>An asynchronous source. One that blocks all the same, although it should not, delays neither the reader nor the workers.</summary>
internal sealed class AsyncSource<TItem>(IAsyncEnumerable<TItem> source, Action signal, CancellationToken cancellationToken)
    : FedSource<TItem>(signal)
{
    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    protected override void Begin()
    {
        var context = ExecutionContext.Capture();
        LastResort.Queue(
            EntryPoint.SourceBegin,
            this,
            source =>
            {
                if (context is null)
                {
                    _ = source.EnumerateAsync();
                }
                else
                {
                    ExecutionContext.Run(context, static state => _ = ((AsyncSource<TItem>)state!).EnumerateAsync(), source);
                }
            },
            static (source, exception) => source.Lose(exception));
    }

    /// <summary>Not on the reader's thread: callbacks that are registered on the token are the program's code.</summary>
    protected override void OnOver() => LastResort.Queue(
        EntryPoint.SourceEnd,
        _ending,
        static ending =>
        {
            try
            {
                ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The source has ended meanwhile.
            }
        },
        static (_, _) => { }); // a callback threw: the source is not read any more, and is abandoned after the patience

    private async Task EnumerateAsync()
    {
        IAsyncEnumerator<TItem>? items = null;
        Exception? error = null;
        try
        {
            SetMoving(true);
            items = source.GetAsyncEnumerator(_ending.Token);
            while (await MayGoOnAsync().ConfigureAwait(false) && await items.MoveNextAsync().ConfigureAwait(false))
            {
                Add(items.Current);
            }
        }
        catch (Exception exception)
        {
            error = exception;
        }

        End(error);
        SetMoving(false);
        error = null;
        try
        {
            if (items is not null)
            {
                await items.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            error = exception;
        }

        _ending.Dispose();
        Leave(error);
    }

    private async ValueTask<bool> MayGoOnAsync()
    {
        while (MayMove() is { } soon)
        {
            SetMoving(false);
            await soon;
            SetMoving(true);
        }

        return !IsOver;
    }
}

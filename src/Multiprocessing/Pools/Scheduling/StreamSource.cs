using System.Collections;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;

namespace Multiprocessing;

/// <summary>Where the items of a stream come from, without regard to whether they have to be waited for. Used by one reader.</summary>
internal abstract class StreamSource<TItem> : IAsyncDisposable
{
    /// <summary>All items were given, and no more will come.</summary>
    public abstract bool IsDrained { get; }

    /// <summary>What the source threw; once it has ended.</summary>
    public abstract Exception? Error { get; }

    /// <summary>There may be items now that were not there at the last <see cref="Take"/>, or it has ended.</summary>
    public abstract bool HasNews { get; }

    /// <summary>The items that are there, at most so many. So many, with those given here, may be taken from the source from now on.</summary>
    public abstract TItem[] Take(int most);

    /// <summary>Takes nothing more from the source, and gives it back.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Items that are there when they are asked for: of a collection of the framework's.</summary>
internal static class PlainSource
{
    /// <summary>
    /// Enumerating it runs no code that could block: it is a collection, and one of the framework's own, for another's enumerator may do anything. Everything else, queries included, is enumerated on a thread of its own.
    /// </summary>
    public static bool IsReady<TItem>(IEnumerable<TItem> source) =>
        source is TItem[] or List<TItem> or string
        || (source is ICollection<TItem> or IReadOnlyCollection<TItem> or ICollection && IsOfFramework(source.GetType()));

    private static bool IsOfFramework(Type type) =>
        type.Assembly == typeof(object).Assembly || type.Assembly == typeof(HashSet<>).Assembly || type.Assembly == typeof(Stack<>).Assembly || type.Assembly == typeof(Enumerable).Assembly
        || type.Assembly == typeof(System.Collections.Concurrent.ConcurrentBag<>).Assembly || type.Assembly == typeof(ImmutableArray).Assembly;
}

/// <summary>Items that are taken when they are asked for, by the one who asks.</summary>
internal sealed class PlainSource<TItem>(IEnumerable<TItem> items) : StreamSource<TItem>
{
    private readonly IEnumerator<TItem> _items = items.GetEnumerator();
    private bool _hasEnded;
    private Exception? _error;

    public override bool IsDrained => _hasEnded;

    public override Exception? Error => _error;

    public override bool HasNews => false;

    public override TItem[] Take(int most)
    {
        var items = new TItem[most];
        var count = 0;
        try
        {
            while (count < most && (_hasEnded = !_items.MoveNext()) is false)
            {
                items[count++] = _items.Current;
            }
        }
        catch (Exception exception)
        {
            _error = exception; // changed while it was enumerated
            _hasEnded = true;
        }

        return count == most ? items : items[..count];
    }

    public override ValueTask DisposeAsync()
    {
        _items.Dispose();
        return default;
    }
}

/// <summary>Items that come in their own time, on their way from the code that enumerates the source to the reader.</summary>
/// <param name="tell">Tells the reader to look.</param>
internal abstract class FedSource<TItem>(Action tell) : StreamSource<TItem>
{
    /// <summary>How long the end of a stream waits for a source that is asked for its next item at that moment.</summary>
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

    public override bool HasNews => _hasEnded || Volatile.Read(ref _taken) != _given;

    public override TItem[] Take(int most)
    {
        List<TItem> items;
        Milestone? mayMove;
        lock (_gate)
        {
            _allowed = _given + most;
            mayMove = _taken < _allowed ? _mayMove : null;
            _mayMove = mayMove is null ? _mayMove : null;
            if (_items.Count <= most)
            {
                items = _items;
                _items = [];
            }
            else
            {
                items = _items[..most];
                _items.RemoveRange(0, most);
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
    /// The enumeration ends where it is and gives the source back. A source that is asked for its next item at this moment is left to itself after a while: its enumerator is disposed of, on the thread that it blocks, as soon as it
    /// returns; it may not be before.
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
            await _left; // it is given back at this moment, which is the program's own code
        }

        if (_left.IsReached)
        {
            _failedEnd?.Throw();
        }
    }

    /// <summary>Starts the enumeration.</summary>
    protected abstract void Begin();

    /// <summary>The stream is over: a source that waits may be asked to stop.</summary>
    protected virtual void OnOver()
    {
    }

    /// <summary>Called by the enumeration around each piece of the source's code that may block.</summary>
    protected void SetMoving(bool isMoving) => _isMoving = isMoving;

    /// <summary>Null if the next item may be taken from the source; else reached when it may, or the stream is over.</summary>
    protected Milestone? MayMove()
    {
        lock (_gate)
        {
            return _isOver || _taken < _allowed ? null : _mayMove ??= new Milestone();
        }
    }

    protected bool IsOver => _isOver;

    /// <summary>Another item was taken from the source.</summary>
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
            tell();
        }
    }

    /// <summary>The source has ended or thrown.</summary>
    protected void End(Exception? error)
    {
        _error = error;
        _hasEnded = true;
        tell();
    }

    /// <summary>It could not be begun.</summary>
    protected void Lose(Exception error)
    {
        End(error);
        Leave(null);
    }

    /// <summary>The source was given back, or threw when it was.</summary>
    protected void Leave(Exception? error)
    {
        _failedEnd = error is null ? null : ExceptionDispatchInfo.Capture(error);
        _left.Reach();
    }
}

/// <summary>A source that may block: it is enumerated on a thread of the library's own, in the context of the one who asked for the first item.</summary>
internal sealed class BlockingSource<TItem>(IEnumerable<TItem> source, Action tell) : FedSource<TItem>(tell)
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

/// <summary>An asynchronous source; one that blocks all the same, although it should not, delays nobody either.</summary>
internal sealed class AsyncSource<TItem>(IAsyncEnumerable<TItem> source, Action tell, CancellationToken cancellationToken) : FedSource<TItem>(tell)
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

    /// <summary>Not on the reader's thread: what is registered on the token is the program's.</summary>
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
        static (_, _) => { }); // what is registered there threw: the source is not asked again, and left to itself after the patience

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

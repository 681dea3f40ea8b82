using System.Runtime.ExceptionServices;

namespace Multiprocessing;

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

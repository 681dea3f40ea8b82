using System.Runtime.ExceptionServices;

namespace Multiprocessing;

/// <summary>
/// What comes of a map, in the order of the source, until all items have ended or one has ended the map. Its items may come in several parts, the number of which is known when the source has ended.
/// Members are called under the pool's gate unless they say otherwise.
/// </summary>
internal abstract class MapCollection<TResult, TElement> : MapReceiver<TResult>
{
    private long _left;
    private bool _isComplete;
    private volatile bool _isOver;
    private ExceptionDispatchInfo? _error;

    /// <summary>Reached when the map is over, in one way or another.</summary>
    public Milestone Done { get; } = new();

    /// <summary>Ends what is left of the map.</summary>
    public Action? Ended { get; set; }

    public override bool IsOver => _isOver;

    /// <summary>What there is place for.</summary>
    protected TElement[] Elements { get; private set; } = [];

    /// <summary>More items will be submitted. Also before the first ones, then without the gate.</summary>
    /// <param name="count">How many.</param>
    /// <param name="total">How many there are with these.</param>
    /// <param name="keeps">There is something to keep of each.</param>
    public void Add(int count, int total, bool keeps = true)
    {
        _left += count;
        if (keeps && total > Elements.Length)
        {
            var elements = Elements;
            Array.Resize(ref elements, elements.Length == 0 ? total : Math.Max(total, (int)Math.Min(Array.MaxLength, 2L * elements.Length)));
            Elements = elements;
        }
    }

    /// <summary>No more items will be added. Also before the first result, then without the gate.</summary>
    public void Complete()
    {
        _isComplete = true;
        EndIfNoneIsLeft();
    }

    public override void OnNotBegun(long index) => _left--;

    /// <summary>Ends it with an error, unless it is over.</summary>
    public void Fail(Exception error)
    {
        if (!_isOver)
        {
            _error = ExceptionDispatchInfo.Capture(error);
            End();
        }
    }

    public void Cancel(CancellationToken cancellationToken) => Fail(new TaskCanceledException(null, null, cancellationToken));

    /// <summary>Once it is done, by who awaited that: the elements, or the error.</summary>
    public TElement[] Take(int total)
    {
        _error?.Throw();
        var elements = Elements;
        if (elements.Length > total)
        {
            Array.Resize(ref elements, total);
        }

        return elements;
    }

    /// <summary>So many items have ended.</summary>
    protected void Count(int ended)
    {
        _left -= ended;
        EndIfNoneIsLeft();
    }

    private void EndIfNoneIsLeft()
    {
        if (_left == 0 && _isComplete && !_isOver)
        {
            End();
        }
    }

    private void End()
    {
        _isOver = true;
        Ended?.Invoke();
        Done.Reach();
    }
}

/// <summary>All results in the order of the source, or the first error.</summary>
internal sealed class MapResults<TResult>(bool keepsResults) : MapCollection<TResult, TResult>
{
    public override TResult[]? Results => keepsResults ? Elements : null;

    public override void OnResult(long index, TResult result)
    {
        if (keepsResults)
        {
            Elements[index] = result;
        }

        Count(1);
    }

    public override void OnResults(int count)
    {
        if (count > 0)
        {
            Count(count);
        }
    }

    public override void OnError(long index, Exception error)
    {
        OnNotBegun(index);
        Fail(error);
    }
}

/// <summary>What became of each item, in the order of the source.</summary>
internal sealed class MapOutcomes<TResult> : MapCollection<TResult, Outcome<TResult>>
{
    public override void OnResult(long index, TResult result) => Set(Outcome<TResult>.Of(index, result), index);

    public override void OnError(long index, Exception error) => Set(Outcome<TResult>.Of(index, error), index);

    private void Set(Outcome<TResult> outcome, long index)
    {
        Elements[index] = outcome;
        Count(1);
    }
}

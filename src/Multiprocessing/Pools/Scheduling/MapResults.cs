using System.Runtime.ExceptionServices;

namespace Multiprocessing;

/// <summary>
/// The results of a map, in the order of the source, until all items have ended or one has ended the map. Its items may be submitted in several
/// batches; their number is known when the source has ended. Owns the elements and the count of open items; under the loop's gate unless a member
/// says otherwise.
/// </summary>
internal abstract class MapCollection<TResult, TElement> : MapReceiver<TResult>
{
    private long _left;
    private bool _isComplete;
    private volatile bool _isOver;
    private ExceptionDispatchInfo? _error;

    /// <summary>Reached when the map is over, for whatever reason.</summary>
    public Milestone Done { get; } = new();

    /// <summary>Called when the map is over: ends its items that have not ended.</summary>
    public Action? Ended { get; set; }

    public override bool IsOver => _isOver;

    /// <summary>One element for each item, of those submitted until now.</summary>
    protected TElement[] Elements { get; private set; } = [];

    /// <summary>More items will be submitted. Before the first ones also called without the gate.</summary>
    /// <param name="count">Their number.</param>
    /// <param name="total">The number of all items, including these.</param>
    /// <param name="keeps">Each has an element.</param>
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

    /// <summary>No more items will be added. Before the first result also called without the gate.</summary>
    public void Complete()
    {
        _isComplete = true;
        EndIfNoneIsLeft();
    }

    public override void OnNotBegun(long index) => _left--;

    /// <summary>Ends the map with an error, unless it is over.</summary>
    public void Fail(Exception error)
    {
        if (!_isOver)
        {
            _error = ExceptionDispatchInfo.Capture(error);
            End();
        }
    }

    public void Cancel(CancellationToken cancellationToken) => Fail(new TaskCanceledException(null, null, cancellationToken));

    /// <summary>Returns the elements, or throws the error. Called once <see cref="Done"/> is reached.</summary>
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

    /// <summary>Items have ended.</summary>
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

/// <summary>The outcome of each item, in the order of the source.</summary>
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

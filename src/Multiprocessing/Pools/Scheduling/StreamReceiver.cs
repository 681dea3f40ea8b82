namespace Multiprocessing;

/// <summary>
/// The results of a stream on their way to the one who reads it. A ring with one writer (whoever has the pool's gate) and one reader; it cannot overflow, because there are never
/// more items in flight than it has places.
/// </summary>
/// <param name="capacity">The most items in flight.</param>
/// <param name="ordered">In the order of the source.</param>
/// <param name="news">Tells the reader of results.</param>
internal sealed class StreamReceiver<TResult>(int capacity, bool ordered, ReaderSignal news) : MapReceiver<TResult>
{
    private readonly Place[] _places = new Place[capacity];
    private long _written;
    private long _read;
    private volatile bool _isOver;

    public override bool IsOver => _isOver;

    public override void OnResult(long index, TResult result) => Put(index, Outcome<TResult>.Of(index, result));

    public override void OnError(long index, Exception error) => Put(index, Outcome<TResult>.Of(index, error));

    public override void OnNotBegun(long index)
    {
        // Only when the stream is over: nobody reads any more.
    }

    /// <summary>Items that have not begun do not, and nobody reads what comes.</summary>
    public void End() => _isOver = true;

    public bool TryTake(out Outcome<TResult> outcome)
    {
        ref var place = ref _places[_read % _places.Length];
        if (!Volatile.Read(ref place.IsFull))
        {
            outcome = default;
            return false;
        }

        outcome = place.Outcome;
        place.Outcome = default;
        Volatile.Write(ref place.IsFull, false);
        _read++;
        return true;
    }

    /// <summary>There is a result to take.</summary>
    public bool HasNews => Volatile.Read(ref _places[_read % _places.Length].IsFull);

    private void Put(long index, Outcome<TResult> outcome)
    {
        var at = ordered ? index : _written++;
        ref var place = ref _places[at % _places.Length];
        place.Outcome = outcome;
        Volatile.Write(ref place.IsFull, true);
        news.Set();
    }

    private struct Place
    {
        public Outcome<TResult> Outcome;
        public bool IsFull;
    }
}

namespace Multiprocessing;

/// <summary>
/// The results of a stream on their way to the one who reads it. A ring with one writer (whoever has the pool's gate) and one reader; it cannot overflow, because there are never
/// more items in flight than it has places.
/// </summary>
internal sealed class StreamReceiver<TResult>(int capacity, bool ordered) : MapReceiver<TResult>
{
    private readonly Place[] _places = new Place[capacity];
    private TaskCompletionSource? _waiter;
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

    /// <summary>Ends when there may be a result to take.</summary>
    public Task WaitAsync()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _waiter, waiter);
        if (Volatile.Read(ref _places[_read % _places.Length].IsFull))
        {
            Wake();
        }

        return waiter.Task;
    }

    /// <summary>Has the reader look again.</summary>
    public void Wake() => Interlocked.Exchange(ref _waiter, null)?.TrySetResult();

    private void Put(long index, Outcome<TResult> outcome)
    {
        var at = ordered ? index : _written++;
        ref var place = ref _places[at % _places.Length];
        place.Outcome = outcome;
        Volatile.Write(ref place.IsFull, true);

        // Full fence between the place and the look for a waiter, who looks at the place after it has announced itself.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiter) is not null)
        {
            Wake();
        }
    }

    private struct Place
    {
        public Outcome<TResult> Outcome;
        public bool IsFull;
    }
}

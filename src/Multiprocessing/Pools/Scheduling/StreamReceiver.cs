namespace Multiprocessing;

/// <summary>
/// The results of a stream between the pool and the reader. A ring with one writer (the thread that holds the pool's gate) and one reader; it cannot
/// overflow, because there are never more items in flight than it has slots.
/// </summary>
/// <param name="capacity">The maximum number of items in flight.</param>
/// <param name="ordered">Results are in the order of the source.</param>
/// <param name="signal">Signals the reader that there are results.</param>
internal sealed class StreamReceiver<TResult>(int capacity, bool ordered, ReaderSignal signal) : MapReceiver<TResult>
{
    private readonly Slot[] _slots = new Slot[capacity];
    private long _written;
    private long _read;
    private volatile bool _isOver;

    public override bool IsOver => _isOver;

    public override void OnResult(long index, TResult result) => Put(index, Outcome<TResult>.Of(index, result));

    public override void OnError(long index, Exception error) => Put(index, Outcome<TResult>.Of(index, error));

    public override void OnNotBegun(long index)
    {
        // Only when the stream is over, and has no reader any more.
    }

    /// <summary>The stream has no reader any more: items that have not started do not start, and results are dropped.</summary>
    public void End() => _isOver = true;

    public bool TryTake(out Outcome<TResult> outcome)
    {
        ref var slot = ref _slots[_read % _slots.Length];
        if (!Volatile.Read(ref slot.IsFull))
        {
            outcome = default;
            return false;
        }

        outcome = slot.Outcome;
        slot.Outcome = default;
        Volatile.Write(ref slot.IsFull, false);
        _read++;
        return true;
    }

    /// <summary>There is a result to take.</summary>
    public bool HasResults => Volatile.Read(ref _slots[_read % _slots.Length].IsFull);

    private void Put(long index, Outcome<TResult> outcome)
    {
        var at = ordered ? index : _written++;
        ref var slot = ref _slots[at % _slots.Length];
        slot.Outcome = outcome;
        Volatile.Write(ref slot.IsFull, true);
        signal.Set();
    }

    private struct Slot
    {
        public Outcome<TResult> Outcome;
        public bool IsFull;
    }
}

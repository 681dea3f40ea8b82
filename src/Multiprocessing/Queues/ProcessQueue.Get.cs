using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Multiprocessing;

public sealed partial class ProcessQueue<T>
{
    private ExceptionDispatchInfo? _deferred;

    /// <summary>Takes the oldest item; waits while there is none.</summary>
    /// <returns>The item. It belongs to this process: if the process is killed, the item is lost.</returns>
    /// <exception cref="QueueCompletedException"><see cref="Complete()"/> was called and all items were taken.</exception>
    /// <exception cref="QueueAbandonedException">The queue is empty, other processes held it, and none of them is left to put an item.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public T Get() => GetOrThrow(Deadline.Never, default);

    /// <inheritdoc cref="Get()"/>
    /// <param name="cancellationToken">Ends the wait; then nothing was taken.</param>
    /// <exception cref="OperationCanceledException">The token was canceled before there was an item.</exception>
    public T Get(CancellationToken cancellationToken) => GetOrThrow(Deadline.Never, cancellationToken);

    /// <inheritdoc cref="Get()"/>
    /// <param name="timeout">
    /// The longest wait for an item: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; then nothing was taken.</param>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was an item.</exception>
    public T Get(TimeSpan timeout, CancellationToken cancellationToken = default) => GetOrThrow(Deadline.After(timeout), cancellationToken);

    /// <summary>Takes the oldest item if there is one now.</summary>
    /// <inheritdoc cref="Get()"/>
    /// <exception cref="QueueEmptyException">There is no item.</exception>
    public T GetNoWait() => GetOrThrow(Deadline.Now, default);

    /// <summary>
    /// Takes the oldest item if there is one now. It returns false for an empty queue only, never because another consumer is taking an item.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <returns>False if there is none, also when the queue is completed.</returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public bool TryGet([MaybeNullWhen(false)] out T item)
    {
        var outcome = TakeOne(out item, Deadline.Now, default);
        GC.KeepAlive(this);
        return outcome is QueueOutcome.Done;
    }

    /// <summary>Takes the oldest item if there is one in time.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">
    /// The longest wait for an item: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; then nothing was taken.</param>
    /// <returns>False if there was none in time, or none will follow because the queue is completed.</returns>
    /// <exception cref="QueueAbandonedException">The queue is empty, other processes held it, and none of them is left to put an item.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was an item.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public bool TryGet([MaybeNullWhen(false)] out T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        GetCore(out item, null, Deadline.After(timeout), cancellationToken) is QueueOutcome.Done;

    /// <summary>
    /// Takes the oldest item like <see cref="Get(CancellationToken)"/>, into an existing array: if <typeparamref name="T"/> is an array of elements
    /// without references (<c>byte[]</c>, <c>double[]</c>) and <paramref name="item"/> has the item's length, its elements are overwritten and no
    /// array is allocated, which for large arrays is most of the work. Otherwise <paramref name="item"/> is replaced by what
    /// <see cref="Get(CancellationToken)"/> would return.
    /// </summary>
    /// <remarks>
    /// Fresh large arrays are expensive for the garbage collector: it runs a full collection after every few of them and returns their pages to the
    /// system each time. The runtime setting <c>System.GC.LOHThreshold</c>, set above the arrays' size, allocates them among the small objects: then
    /// arrays of 1 MiB are received six times as fast.
    /// </remarks>
    /// <param name="item">The array to overwrite, or null; after the call, the item. It is unchanged when the call throws.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was taken.</param>
    /// <inheritdoc cref="Get(CancellationToken)"/>
    public void GetInto([AllowNull, NotNull] ref T item, CancellationToken cancellationToken = default)
    {
        item = GetCore(out var taken, Reusable(item), Deadline.Never, cancellationToken) is QueueOutcome.Done ? taken! : throw Drained();
    }

    /// <summary>Takes the oldest item if there is one in time, into an existing array, as <see cref="GetInto"/> does.</summary>
    /// <param name="item">The array to overwrite, or null; after the call, the item. It is unchanged when there is none.</param>
    /// <param name="timeout">The longest wait for an item; <see cref="TimeSpan.Zero"/>, the default, for none.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was taken.</param>
    /// <inheritdoc cref="TryGet(out T, TimeSpan, CancellationToken)"/>
    public bool TryGetInto([AllowNull, NotNullWhen(true)] ref T item, TimeSpan timeout = default, CancellationToken cancellationToken = default)
    {
        if (GetCore(out var taken, Reusable(item), Deadline.After(timeout), cancellationToken) is not QueueOutcome.Done)
        {
            return false;
        }

        item = taken!;
        return true;
    }

    /// <summary>Takes the items that are in the queue, at least one: waits for the first and for no more.</summary>
    /// <param name="maxCount">The maximum number of items to take.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was taken.</param>
    /// <returns>The items, oldest first.</returns>
    /// <inheritdoc cref="Get(CancellationToken)"/>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxCount"/> is zero or less.</exception>
    public T[] GetMany(int maxCount, CancellationToken cancellationToken = default) => GetManyCore(maxCount, Deadline.Never, cancellationToken);

    /// <inheritdoc cref="GetMany(int, CancellationToken)"/>
    /// <param name="maxCount">The maximum number of items to take.</param>
    /// <param name="timeout">The longest wait for the first item.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was taken.</param>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    public T[] GetMany(int maxCount, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        GetManyCore(maxCount, Deadline.After(timeout), cancellationToken);

    /// <summary>
    /// Takes items as they arrive until the queue is completed and drained. Several readers share the items. This is how a reader ends:
    /// an empty queue does not mean that no item will follow.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="QueueCompletedException">
    /// The queue was completed with an error, which is the inner exception; all its items were taken.
    /// </exception>
    /// <exception cref="QueueAbandonedException">
    /// The queue is empty and not completed, other processes held it, and none of them is left to put an item.
    /// </exception>
    public IEnumerable<T> ReadAll(CancellationToken cancellationToken = default)
    {
        while (GetCore(out var item, null, Deadline.Never, cancellationToken) is QueueOutcome.Done)
        {
            yield return item!;
        }

        ThrowIfFailed();
    }

    private T GetOrThrow(Deadline deadline, CancellationToken cancellationToken) =>
        GetCore(out var item, null, deadline, cancellationToken) switch
        {
            QueueOutcome.Done => item!,
            QueueOutcome.Completed => throw Drained(),
            _ => throw Empty(),
        };

    private QueueOutcome GetCore(out T? item, Array? reuse, Deadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // The producers' sequence is not read before the first try: their cache line would move between processors for every item.
        var first = TakeOne(out item, reuse, deadline, cancellationToken);
        GC.KeepAlive(this);
        return first is QueueOutcome.Done ? first : GetWaiting(out item, reuse, deadline, cancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private QueueOutcome GetWaiting(out T? item, Array? reuse, Deadline deadline, CancellationToken cancellationToken)
    {
        var wait = Core.BeginWait(QueueWaitKind.Data, deadline);
        while (true)
        {
            var core = Core;
            var seen = core.SequenceOf(QueueWaitKind.Data);
            var outcome = TakeOne(out item, reuse, deadline, cancellationToken);
            if (outcome is QueueOutcome.Done)
            {
                if (wait.Sleep.HasSlept)
                {
                    core.PassOn(QueueWaitKind.Data);
                }

                GC.KeepAlive(this);
                return outcome;
            }

            // In this order: completed is final, so if it was empty after that it stays empty.
            if (core.IsDrained)
            {
                return QueueOutcome.Completed;
            }

            if (!core.Pause(ref wait, seen, cancellationToken))
            {
                return QueueOutcome.Blocked;
            }
        }
    }

    private T[] GetManyCore(int maxCount, Deadline deadline, CancellationToken cancellationToken)
    {
        ThrowBeforeMany(maxCount);
        return TakeMore(GetOrThrow(deadline, cancellationToken), maxCount);
    }

    private void ThrowBeforeMany(int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCount);
        Interlocked.Exchange(ref _deferred, null)?.Throw();
    }

    private T[] TakeMore(T first, int maxCount)
    {
        var more = (int)Math.Min(maxCount - 1, Core.Count);
        if (more == 0)
        {
            return [first];
        }

        return IsRaw ? TakeManyRaw(first, more) : TakeManySerialized(first, more);
    }

    private T[] TakeManyRaw(T first, int more)
    {
        var items = new T[more + 1];
        items[0] = first;
        var count = 1;
        while (count < items.Length)
        {
            var sink = new RawSpanSink<T>(items.AsSpan(count));
            if (Core.Take(ref sink, items.Length - count, out var taken, Deadline.Now, default) is not QueueOutcome.Done)
            {
                break;
            }

            count += taken;
        }

        GC.KeepAlive(this);
        return count == items.Length ? items : items[..count];
    }

    private T[] TakeManySerialized(T first, int more)
    {
        var items = new List<T>(Math.Min(more + 1, 64)) { first };
        try
        {
            while (items.Count <= more && TakeOne(out var item, Deadline.Now, default) is QueueOutcome.Done)
            {
                items.Add(item!);
            }
        }
        catch (Exception exception) when (Interlocked.CompareExchange(ref _deferred, ExceptionDispatchInfo.Capture(exception), null) is null)
        {
            // One item could not be rebuilt. The ones before it were taken and must not be lost with it: the next call throws this.
        }

        GC.KeepAlive(this);
        return [.. items];
    }

    private void ThrowIfFailed()
    {
        if (_core.Error is not null)
        {
            throw Drained();
        }
    }

    private QueueEmptyException Empty() => new($"{_core.Described} is empty.");

    private QueueCompletedException Drained() =>
        new($"{_core.Described} is completed and all its items were taken: no item will follow.", _core.Error);
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Multiprocessing;

public sealed partial class ProcessQueue<T>
{
    private ExceptionDispatchInfo? _deferred;

    /// <summary>Takes the oldest item; waits while there is none.</summary>
    /// <returns>The item. It is this process's now: if it is killed, the item is gone.</returns>
    /// <exception cref="QueueCompletedException"><see cref="Complete()"/> was called and all items were taken.</exception>
    /// <exception cref="QueueAbandonedException">The queue is empty, other processes have had it, and none of them is left to put anything.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public T Get() => GetOrThrow(Deadline.Never, default);

    /// <inheritdoc cref="Get()"/>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
    /// <exception cref="OperationCanceledException">The token fired before there was an item.</exception>
    public T Get(CancellationToken cancellationToken) => GetOrThrow(Deadline.Never, cancellationToken);

    /// <inheritdoc cref="Get()"/>
    /// <param name="timeout">How long to wait for an item; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token fired before there was an item.</exception>
    public T Get(TimeSpan timeout, CancellationToken cancellationToken = default) => GetOrThrow(Deadline.After(timeout), cancellationToken);

    /// <summary>Takes the oldest item if there is one now.</summary>
    /// <inheritdoc cref="Get()"/>
    /// <exception cref="QueueEmptyException">There is no item.</exception>
    public T GetNoWait() => GetOrThrow(Deadline.Now, default);

    /// <summary>Takes the oldest item if there is one now. It never says no because another consumer is at work: only an empty queue is empty.</summary>
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
    /// <param name="timeout">How long to wait for an item; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
    /// <returns>False if there was none in time, or there will be none because the queue is completed.</returns>
    /// <exception cref="QueueAbandonedException">The queue is empty, other processes have had it, and none of them is left to put anything.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token fired before there was an item.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public bool TryGet([MaybeNullWhen(false)] out T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        GetCore(out item, null, Deadline.After(timeout), cancellationToken) is QueueOutcome.Done;

    /// <summary>
    /// Takes the oldest item like <see cref="Get(CancellationToken)"/>, into the array that is there already: if <typeparamref name="T"/> is an array of elements
    /// without references (<c>byte[]</c>, <c>double[]</c>) and <paramref name="item"/> one of the length that comes, its elements are overwritten and no array is
    /// made, which for large ones is most of the work. Everything else is replaced by what <see cref="Get(CancellationToken)"/> would return.
    /// </summary>
    /// <remarks>
    /// A program that wants fresh large arrays all the same pays for them to the collector, which collects everything after every few and gives their pages back to the system
    /// each time. The runtime setting <c>System.GC.LOHThreshold</c>, set above the arrays' size, puts them among the small objects: arrays of 1 MiB come six times as fast then.
    /// </remarks>
    /// <param name="item">What may be overwritten, possibly null; then the item. When the call throws it is as it was.</param>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
    /// <inheritdoc cref="Get(CancellationToken)"/>
    public void GetInto([AllowNull, NotNull] ref T item, CancellationToken cancellationToken = default)
    {
        item = GetCore(out var taken, Reusable(item), Deadline.Never, cancellationToken) is QueueOutcome.Done ? taken! : throw Drained();
    }

    /// <summary>Takes the oldest item if there is one in time, into the array that is there already, as <see cref="GetInto"/> does.</summary>
    /// <param name="item">What may be overwritten, possibly null; then the item. When there is none it is as it was.</param>
    /// <param name="timeout">How long to wait for an item; <see cref="TimeSpan.Zero"/>, the default, not at all.</param>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
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

    /// <summary>Takes what is there, at least one item: waits for the first and for no more.</summary>
    /// <param name="maxCount">How many items to take at most.</param>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
    /// <returns>The items, oldest first.</returns>
    /// <inheritdoc cref="Get(CancellationToken)"/>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxCount"/> is zero or less.</exception>
    public T[] GetMany(int maxCount, CancellationToken cancellationToken = default) => GetManyCore(maxCount, Deadline.Never, cancellationToken);

    /// <inheritdoc cref="GetMany(int, CancellationToken)"/>
    /// <param name="maxCount">How many items to take at most.</param>
    /// <param name="timeout">How long to wait for the first item.</param>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    public T[] GetMany(int maxCount, TimeSpan timeout, CancellationToken cancellationToken = default) => GetManyCore(maxCount, Deadline.After(timeout), cancellationToken);

    /// <summary>
    /// Takes items as they come until the queue is completed and drained. Several readers share the items. This is how a reader ends:
    /// an empty queue says nothing about what is still to come.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="QueueCompletedException">The queue was completed with an error, which is the inner exception; all its items were taken.</exception>
    /// <exception cref="QueueAbandonedException">The queue is empty and not completed, other processes have had it, and none of them is left to put anything.</exception>
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

        // Not a look at the producers' sequence before the first try: their line would cross between the processors for every item.
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
            // One item could not be rebuilt. The ones before it are in hand and must not be lost with it: the next call throws this.
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

    private QueueCompletedException Drained() => new($"{_core.Described} is completed and all its items were taken: nothing will come any more.", _core.Error);
}

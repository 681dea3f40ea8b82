namespace Multiprocessing;

public sealed partial class ProcessQueue<T>
{
    // Items without references that are put under one lock.
    private const int RawBatch = 256;

    /// <summary>
    /// Puts items in their order; waits without a thread while the queue is full. Items of other producers may lie in between. When it fails, the
    /// items before the one that could not be put are in the queue.
    /// </summary>
    /// <param name="items">The items; enumerated once, as there is room for them. Each is serialized when it is put.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="PutMany(IEnumerable{T}, CancellationToken)"/>
    public ValueTask PutManyAsync(IEnumerable<T> items, CancellationToken cancellationToken = default) =>
        PutManyAsync(items, Deadline.Never, cancellationToken);

    /// <inheritdoc cref="PutManyAsync(IEnumerable{T}, CancellationToken)"/>
    /// <param name="items">The items; enumerated once, as there is room for them. Each is serialized when it is put.</param>
    /// <param name="timeout">The longest time for the whole call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueFullException">There was no room in time; it says how many items were put.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    public ValueTask PutManyAsync(IEnumerable<T> items, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        PutManyAsync(items, Deadline.After(timeout), cancellationToken);

    /// <summary>Takes the items that are in the queue, at least one: waits without a thread for the first and for no more.</summary>
    /// <inheritdoc cref="GetMany(int, CancellationToken)"/>
    public ValueTask<T[]> GetManyAsync(int maxCount, CancellationToken cancellationToken = default) =>
        GetManyAsync(maxCount, Deadline.Never, cancellationToken);

    /// <summary>Takes the items that are in the queue, at least one: waits without a thread for the first and for no more.</summary>
    /// <inheritdoc cref="GetMany(int, TimeSpan, CancellationToken)"/>
    public ValueTask<T[]> GetManyAsync(int maxCount, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        GetManyAsync(maxCount, Deadline.After(timeout), cancellationToken);

    private async ValueTask PutManyAsync(IEnumerable<T> items, Deadline deadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        var put = 0;
        if (!IsRaw)
        {
            // One by one: a batch that waits for room would hold what it has serialized, or serialize it again.
            foreach (var item in items)
            {
                put = await PutOneOfManyAsync(item, put, deadline, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        foreach (var chunk in items.Chunk(RawBatch))
        {
            for (var next = 0; next < chunk.Length;)
            {
                var done = PutNow(chunk.AsSpan(next), cancellationToken);
                put += done;
                next += done;
                if (next < chunk.Length)
                {
                    put = await PutOneOfManyAsync(chunk[next++], put, deadline, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <returns>The number of items of the call that were put, with this one.</returns>
    private async ValueTask<int> PutOneOfManyAsync(T item, int putBefore, Deadline deadline, CancellationToken cancellationToken) =>
        await PutAsync(item, deadline, isTry: true, cancellationToken).ConfigureAwait(false) ? putBefore + 1 : throw Full(putBefore);

    /// <summary>Puts as many items as there is room for at once.</summary>
    private int PutNow(ReadOnlySpan<T> items, CancellationToken cancellationToken)
    {
        var payload = new RawSpanPayload<T>(items);
        return PutPayloads(ref payload, out var done, Deadline.Now, cancellationToken) is QueueOutcome.Completed ? throw Completed() : done;
    }

    private async ValueTask<T[]> GetManyAsync(int maxCount, Deadline deadline, CancellationToken cancellationToken)
    {
        ThrowBeforeMany(maxCount);
        return TakeMore(await GetAsync(deadline, cancellationToken).ConfigureAwait(false), maxCount);
    }
}

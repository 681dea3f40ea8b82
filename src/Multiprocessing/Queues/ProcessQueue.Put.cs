using System.Runtime.CompilerServices;

namespace Multiprocessing;

public sealed partial class ProcessQueue<T>
{
    // Serialized items of a batch that are in hand at a time.
    private const int SerializedBatch = 32;

    /// <summary>Puts an item; waits while the queue is full.</summary>
    /// <param name="item">The item. The taker does not see later changes to it.</param>
    /// <exception cref="NotSerializableException">A part of the item cannot cross to another process; nothing was put.</exception>
    /// <exception cref="QueueCompletedException"><see cref="Complete()"/> was called.</exception>
    /// <exception cref="QueueAbandonedException">The queue is full, other processes held it, and none of them is left to take an item.</exception>
    /// <exception cref="InsufficientSharedMemoryException">The item needs more shared memory than there is; nothing was put.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public void Put(T item) => PutOrThrow(in item, Deadline.Never, default);

    /// <inheritdoc cref="Put(T)"/>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was put.</param>
    /// <exception cref="OperationCanceledException">The token was canceled before there was room.</exception>
    public void Put(T item, CancellationToken cancellationToken) => PutOrThrow(in item, Deadline.Never, cancellationToken);

    /// <inheritdoc cref="Put(T)"/>
    /// <param name="item">The item.</param>
    /// <param name="timeout">
    /// The longest wait for room: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; then nothing was put.</param>
    /// <exception cref="QueueFullException">There was no room in time; nothing was put.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was room.</exception>
    public void Put(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        PutOrThrow(in item, Deadline.After(timeout), cancellationToken);

    /// <summary>Puts an item if there is room now.</summary>
    /// <inheritdoc cref="Put(T)"/>
    /// <exception cref="QueueFullException">There is no room; nothing was put.</exception>
    public void PutNoWait(T item) => PutOrThrow(in item, Deadline.Now, default);

    /// <summary>Puts an item if there is room now.</summary>
    /// <inheritdoc cref="Put(T)"/>
    /// <returns>False if there is no room; nothing was put.</returns>
    public bool TryPut(T item) => PutCore(in item, Deadline.Now, default);

    /// <summary>Puts an item if there is room in time.</summary>
    /// <inheritdoc cref="Put(T, TimeSpan, CancellationToken)"/>
    /// <returns>False if there was no room in time; nothing was put.</returns>
    public bool TryPut(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        PutCore(in item, Deadline.After(timeout), cancellationToken);

    /// <summary>
    /// Puts items in their order, several at a time, which is faster than one by one; waits while the queue is full. Items of other producers may lie
    /// in between. When it throws, the items before the one that could not be put are in the queue.
    /// </summary>
    /// <inheritdoc cref="Put(T)"/>
    /// <param name="items">The items; enumerated once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    public void PutMany(IEnumerable<T> items, CancellationToken cancellationToken = default) =>
        PutMany(items, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <inheritdoc cref="PutMany(IEnumerable{T}, CancellationToken)"/>
    /// <param name="items">The items; enumerated once.</param>
    /// <param name="timeout">The longest time for the whole call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueFullException">There was no room in time; it says how many items were put.</exception>
    public void PutMany(IEnumerable<T> items, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        var deadline = Deadline.After(timeout);
        var put = 0;
        foreach (var chunk in items.Chunk(IsRaw ? RawBatch : SerializedBatch))
        {
            PutSpan(chunk, deadline, put, cancellationToken);
            put += chunk.Length;
        }
    }

    /// <inheritdoc cref="PutMany(IEnumerable{T}, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public void PutMany(ReadOnlySpan<T> items, CancellationToken cancellationToken = default) => PutSpan(items, Deadline.Never, 0, cancellationToken);

    /// <inheritdoc cref="PutMany(IEnumerable{T}, TimeSpan, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public void PutMany(ReadOnlySpan<T> items, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        PutSpan(items, Deadline.After(timeout), 0, cancellationToken);

    private void PutOrThrow(in T item, Deadline deadline, CancellationToken cancellationToken)
    {
        if (!PutCore(in item, deadline, cancellationToken))
        {
            throw Full();
        }
    }

    private bool PutCore(in T item, Deadline deadline, CancellationToken cancellationToken) =>
        PutItem(in item, deadline, cancellationToken) switch
        {
            QueueOutcome.Done => true,
            QueueOutcome.Blocked => false,
            _ => throw Completed(),
        };

    private void PutSpan(ReadOnlySpan<T> items, Deadline deadline, int putBefore, CancellationToken cancellationToken)
    {
        if (items.IsEmpty)
        {
            return;
        }

        if (IsRaw)
        {
            var payload = new RawSpanPayload<T>(items);
            Check(PutPayloads(ref payload, out var done, deadline, cancellationToken), putBefore + done);
            return;
        }

        for (var i = 0; i < items.Length; i += SerializedBatch)
        {
            PutSerializedBatch(items[i..Math.Min(i + SerializedBatch, items.Length)], deadline, putBefore + i, cancellationToken);
        }

        void Check(QueueOutcome outcome, int put)
        {
            if (outcome is not QueueOutcome.Done)
            {
                throw outcome is QueueOutcome.Completed ? Completed() : Full(put);
            }
        }
    }

    private void PutSerializedBatch(ReadOnlySpan<T> items, Deadline deadline, int putBefore, CancellationToken cancellationToken)
    {
        var buffers = new MessageBuffer[items.Length];
        var ready = 0;
        try
        {
            var failure = default(Exception);
            foreach (var item in items)
            {
                var buffer = MessageBuffer.Rent();
                buffers[ready] = buffer;
                try
                {
                    ValueSerializer.Serialize(buffer, item, $"item {putBefore + ready}");
                    ItemTrailer.Append(buffer, _core.Session);
                }
                catch (Exception exception)
                {
                    // The items before it are put, as if they were put one by one.
                    buffer.Dispose();
                    failure = exception;
                    break;
                }

                ready++;
            }

            if (ready > 0)
            {
                var payload = new BufferSpanPayload(buffers.AsSpan(0, ready));
                var outcome = PutPayloads(ref payload, out var done, deadline, cancellationToken);
                if (outcome is not QueueOutcome.Done)
                {
                    throw outcome is QueueOutcome.Completed ? Completed() : Full(putBefore + done);
                }
            }

            if (failure is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }
        }
        finally
        {
            foreach (var buffer in buffers.AsSpan(0, ready))
            {
                buffer.Dispose();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private QueueOutcome PutPayloads<TPayloads>(ref TPayloads payloads, out int done, Deadline deadline, CancellationToken cancellationToken)
        where TPayloads : struct, IPayloads, allows ref struct
    {
        done = 0;
        cancellationToken.ThrowIfCancellationRequested();

        // The consumers' sequence is not read before the first try: their cache line would move between processors for every item.
        var outcome = Core.Put(ref payloads, ref done, deadline, cancellationToken);
        if (outcome is QueueOutcome.Blocked)
        {
            outcome = PutWaiting(ref payloads, ref done, deadline, cancellationToken);
        }

        GC.KeepAlive(this);
        return outcome;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private QueueOutcome PutWaiting<TPayloads>(ref TPayloads payloads, ref int done, Deadline deadline, CancellationToken cancellationToken)
        where TPayloads : struct, IPayloads, allows ref struct
    {
        var wait = Core.BeginWait(QueueWaitKind.Space, deadline);
        while (true)
        {
            var core = Core;
            var seen = core.SequenceOf(QueueWaitKind.Space);
            var outcome = core.Put(ref payloads, ref done, deadline, cancellationToken);
            if (outcome is not QueueOutcome.Blocked)
            {
                if (wait.Sleep.HasSlept)
                {
                    core.PassOn(QueueWaitKind.Space);
                }

                return outcome;
            }

            // An announced sleeper sleeps in this call.
            var sleeps = wait.Sleep.IsAnnounced;
            if (sleeps)
            {
                payloads.SetWaiting(true);
            }

            try
            {
                if (!core.Pause(ref wait, seen, cancellationToken))
                {
                    return QueueOutcome.Blocked;
                }
            }
            finally
            {
                if (sleeps)
                {
                    payloads.SetWaiting(false);
                }
            }
        }
    }

    private QueueFullException Full(int put = 0) => new(
        $"{_core.Described} is full: "
        + $"{(_core.Capacity is { } capacity ? $"it has room for {capacity} items" : "its bytes are used up (ProcessQueueOptions.MaxBytes)")}.",
        put);

    private QueueCompletedException Completed() =>
        new($"{_core.Described} is completed: Complete() was called, and nothing can be put after it.", _core.Error);
}

using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Multiprocessing;

public sealed partial class ProcessQueue<T>
{
    // A call that was overtaken by others so often awaits.
    private const int RoundsBeforeAwaiting = 4;

    /// <summary>Puts an item; waits without a thread while the queue is full. The item is serialized before the call returns.</summary>
    /// <inheritdoc cref="Put(T, CancellationToken)"/>
    public ValueTask PutAsync(T item, CancellationToken cancellationToken = default) =>
        WithoutResult(PutAsync(item, Deadline.Never, isTry: false, cancellationToken));

    /// <summary>Puts an item; waits without a thread while the queue is full. The item is serialized before the call returns.</summary>
    /// <inheritdoc cref="Put(T, TimeSpan, CancellationToken)"/>
    public ValueTask PutAsync(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WithoutResult(PutAsync(item, Deadline.After(timeout), isTry: false, cancellationToken));

    /// <summary>Puts an item if there is room in time; waits without a thread. The item is serialized before the call returns.</summary>
    /// <inheritdoc cref="TryPut(T, TimeSpan, CancellationToken)"/>
    public ValueTask<bool> TryPutAsync(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        PutAsync(item, Deadline.After(timeout), isTry: true, cancellationToken);

    /// <summary>Takes the oldest item; waits without a thread while there is none.</summary>
    /// <inheritdoc cref="Get(CancellationToken)"/>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken = default) => GetAsync(Deadline.Never, cancellationToken);

    /// <summary>Takes the oldest item; waits without a thread while there is none.</summary>
    /// <inheritdoc cref="Get(TimeSpan, CancellationToken)"/>
    public ValueTask<T> GetAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        GetAsync(Deadline.After(timeout), cancellationToken);

    /// <summary>Takes the oldest item if there is one in time; waits without a thread.</summary>
    /// <param name="timeout">
    /// The longest wait for an item: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; then nothing was taken.</param>
    /// <returns>
    /// Whether there was an item, and the item. <c>HasItem</c> is <see langword="false"/> when there was none in time, or when the queue is completed
    /// and none will follow.
    /// </returns>
    /// <exception cref="QueueAbandonedException">The queue is empty, other processes held it, and none of them is left to put an item.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was an item.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public ValueTask<(bool HasItem, T Item)> TryGetAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryGetAsync(Deadline.After(timeout), cancellationToken);

    /// <summary>Takes items as they arrive until the queue is completed and drained; waits without a thread.</summary>
    /// <inheritdoc cref="ReadAll"/>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (outcome, item) = await TakeAsync(Deadline.Never, cancellationToken).ConfigureAwait(false);
            if (outcome is not QueueOutcome.Done)
            {
                ThrowIfFailed();
                yield break;
            }

            yield return item;
        }
    }

    /// <summary>
    /// For channel readers: waits until there may be an item (true), or none will follow (false, or the error that the queue was completed with).
    /// </summary>
    internal async ValueTask<bool> WaitToTakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var waiter = Core.DataWaiters.Enlist();
            try
            {
                // Completed first: the items counted afterwards are all that will ever be put.
                var completed = Core.IsCompletionRequested;
                if (Core.Count > 0 || completed)
                {
                    return Core.Count > 0 || !Core.IsDrained || ThrowOrEnd();
                }

                await WaitNotifiedAsync(waiter, Deadline.Never, QueueWaitKind.Data, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _core.DataWaiters.Withdraw(waiter);
            }
        }
    }

    /// <summary>
    /// For channel writers: waits until there may be room (true), or the queue is completed (false, or the error that it was completed with).
    /// </summary>
    internal async ValueTask<bool> WaitToPutAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var waiter = Core.SpaceWaiters.Enlist();
            try
            {
                if (Core.IsCompletionRequested)
                {
                    return ThrowOrEnd();
                }

                if (Core.HasRoom)
                {
                    return true;
                }

                await WaitNotifiedAsync(waiter, Deadline.Never, QueueWaitKind.Space, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _core.SpaceWaiters.Withdraw(waiter);
            }
        }
    }

    /// <summary>
    /// For channel readers: waits until the queue is completed and drained, taking nothing. Faults with the error that it was completed with.
    /// </summary>
    internal async Task WaitUntilDrainedAsync()
    {
        while (true)
        {
            var waiter = Core.EndWaiters.Enlist();
            try
            {
                if (Core.IsDrained)
                {
                    _ = ThrowOrEnd();
                    return;
                }

                await waiter.Value;
            }
            finally
            {
                _core.EndWaiters.Withdraw(waiter);
            }
        }
    }

    /// <summary>The end as channels report it: the error itself, or false.</summary>
    private bool ThrowOrEnd()
    {
        if (Core.Error is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        return false;
    }

    /// <summary>The task of an asynchronous method is the method's own object: nothing is allocated.</summary>
    private static ValueTask WithoutResult(ValueTask<bool> put) => put.IsCompletedSuccessfully ? default : new ValueTask(put.AsTask());

    /// <summary>Puts an item. When there is no room in time: false if it is a try, else <see cref="QueueFullException"/>.</summary>
    private ValueTask<bool> PutAsync(T item, Deadline deadline, bool isTry, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        try
        {
            if (!IsRaw)
            {
                return PutSerializedAsync(item, deadline, isTry, cancellationToken);
            }

            var payload = new RawValuePayload<T>(item);
            var done = 0;
            return Core.Put(ref payload, ref done, Deadline.Now, default) switch
            {
                QueueOutcome.Done => new(true),
                QueueOutcome.Completed => ValueTask.FromException<bool>(Completed()),
                _ => PutSlowAsync(payload, deadline, isTry, cancellationToken),
            };
        }
        catch (Exception exception)
        {
            // Every error is reported by the task, as by all asynchronous methods.
            return ValueTask.FromException<bool>(exception);
        }
    }

    private ValueTask<bool> PutSerializedAsync(T item, Deadline deadline, bool isTry, CancellationToken cancellationToken)
    {
        if (Core.IsCompletionRequested)
        {
            return ValueTask.FromException<bool>(Completed());
        }

        var done = 0;
        if (TryAsArray(item, out var array))
        {
            switch (Core.Put(ref array, ref done, Deadline.Now, default))
            {
                case QueueOutcome.Done:
                    return new(true);
                case QueueOutcome.Completed:
                    return ValueTask.FromException<bool>(Completed());
            }
        }

        var buffer = MessageBuffer.Rent();
        var isPassedOn = false;
        try
        {
            ValueSerializer.Serialize(buffer, item, "item");
            ItemTrailer.Append(buffer, _core.Session);
            var payload = new BufferPayload(buffer);
            var outcome = Core.Put(ref payload, ref done, Deadline.Now, default);
            isPassedOn = outcome is QueueOutcome.Blocked;
            return outcome switch
            {
                QueueOutcome.Done => new(true),
                QueueOutcome.Completed => ValueTask.FromException<bool>(Completed()),
                _ => PutSerializedSlowAsync(buffer, deadline, isTry, cancellationToken),
            };
        }
        finally
        {
            if (!isPassedOn)
            {
                buffer.Dispose();
            }
        }
    }

    private async ValueTask<bool> PutSerializedSlowAsync(MessageBuffer buffer, Deadline deadline, bool isTry, CancellationToken cancellationToken)
    {
        using (buffer)
        {
            return await PutSlowAsync(new BufferPayload(buffer), deadline, isTry, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> PutSlowAsync<TPayload>(TPayload payload, Deadline deadline, bool isTry, CancellationToken cancellationToken)
        where TPayload : struct, IPayloads
    {
        var used = false;
        for (var round = 0; round < RoundsBeforeAwaiting && !used && !deadline.HasPassed; round++)
        {
            if (!Core.HasChangedSoon(QueueWaitKind.Space, Core.SequenceOf(QueueWaitKind.Space)))
            {
                break;
            }

            var done = 0;
            used = Core.Put(ref payload, ref done, Deadline.Now, default) switch
            {
                QueueOutcome.Completed => throw Completed(),
                var outcome => outcome is QueueOutcome.Done,
            };
        }

        while (!used)
        {
            var waiter = Core.SpaceWaiters.Enlist();
            try
            {
                var done = 0;
                var outcome = Core.Put(ref payload, ref done, Deadline.Now, default);
                if (outcome is QueueOutcome.Completed)
                {
                    throw Completed();
                }

                used = outcome is QueueOutcome.Done;
                if (used)
                {
                    continue;
                }

                payload.SetWaiting(true);
                try
                {
                    if (!await WaitNotifiedAsync(waiter, deadline, QueueWaitKind.Space, cancellationToken).ConfigureAwait(false))
                    {
                        return isTry ? false : throw Full();
                    }
                }
                finally
                {
                    payload.SetWaiting(false);
                }
            }
            finally
            {
                _core.SpaceWaiters.Withdraw(waiter);
                _core.PassOnAsync(QueueWaitKind.Space);
            }
        }

        return true;
    }

    private ValueTask<T> GetAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return TakeOne(out var item, Deadline.Now, default) is QueueOutcome.Done ? new(item!) : GetSlowAsync(deadline, cancellationToken);
        }
        catch (Exception exception)
        {
            // Every error is reported by the task, as by all asynchronous methods.
            return ValueTask.FromException<T>(exception);
        }
    }

    private async ValueTask<(bool HasItem, T Item)> TryGetAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (outcome, item) = await TakeAsync(deadline, cancellationToken).ConfigureAwait(false);
        return (outcome is QueueOutcome.Done, item);
    }

    private async ValueTask<T> GetSlowAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        var (outcome, item) = await TakeAsync(deadline, cancellationToken).ConfigureAwait(false);
        return outcome switch
        {
            QueueOutcome.Done => item,
            QueueOutcome.Completed => throw Drained(),
            _ => throw Empty(),
        };
    }

    private async ValueTask<(QueueOutcome Outcome, T Item)> TakeAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var round = 0; round < RoundsBeforeAwaiting; round++)
        {
            var seen = Core.SequenceOf(QueueWaitKind.Data);
            if (TakeOne(out var ready, Deadline.Now, default) is QueueOutcome.Done)
            {
                return (QueueOutcome.Done, ready!);
            }

            if (deadline.HasPassed || !Core.HasChangedSoon(QueueWaitKind.Data, seen))
            {
                break;
            }
        }

        while (true)
        {
            var waiter = Core.DataWaiters.Enlist();
            try
            {
                if (TakeOne(out var item, Deadline.Now, default) is QueueOutcome.Done)
                {
                    return (QueueOutcome.Done, item!);
                }

                if (Core.IsDrained)
                {
                    return (QueueOutcome.Completed, default!);
                }

                if (!await WaitNotifiedAsync(waiter, deadline, QueueWaitKind.Data, cancellationToken).ConfigureAwait(false))
                {
                    return (QueueOutcome.Blocked, default!);
                }
            }
            finally
            {
                _core.DataWaiters.Withdraw(waiter);
                _core.PassOnAsync(QueueWaitKind.Data);
            }
        }
    }

    /// <summary>Waits until the waiter is notified to check again. False when the deadline passed first.</summary>
    private async ValueTask<bool> WaitNotifiedAsync(
        LinkedListNode<AsyncWaiter> waiter, Deadline deadline, QueueWaitKind kind, CancellationToken cancellationToken)
    {
        if (deadline.HasPassed)
        {
            return false;
        }

        Core.ThrowIfAbandonedSince(kind);
        Core.CountWait(kind);
        return await waiter.Value.WaitAsync(deadline, cancellationToken).ConfigureAwait(false) || !deadline.HasPassed;
    }
}

namespace Multiprocessing;

public sealed partial class ProcessQueue<T>
{
    /// <summary>Marks one item that was taken as done.</summary>
    /// <exception cref="InvalidOperationException">More items would be marked than were ever put.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public void MarkDone() => MarkDone(1);

    /// <summary>
    /// Marks items that were taken as done. Until then they belong to the process that took them: if it ends before, they are lost.
    /// </summary>
    /// <param name="count">The number of items; zero does nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">More items would be marked than were ever put; none is marked.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public void MarkDone(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count > 0 && !Core.MarkDone(count))
        {
            throw new InvalidOperationException(
                $"{_core.Described} has fewer than {count} items that are not marked done: MarkDone was called more often than items were put.");
        }

        GC.KeepAlive(this);
    }

    /// <summary>Waits until every item that was put has been taken and marked done.</summary>
    /// <exception cref="ItemsLostException">A process ended with items that it had taken and not marked.</exception>
    /// <exception cref="QueueAbandonedException">
    /// Items are not done, other processes held the queue, and none of them is left to take or mark them.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public void WaitAllDone() => WaitAllDoneCore(Deadline.Never, default);

    /// <inheritdoc cref="WaitAllDone()"/>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was canceled first.</exception>
    public void WaitAllDone(CancellationToken cancellationToken) => WaitAllDoneCore(Deadline.Never, cancellationToken);

    /// <inheritdoc cref="WaitAllDone(CancellationToken)"/>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if some were not done in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    public bool WaitAllDone(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WaitAllDoneCore(Deadline.After(timeout), cancellationToken);

    /// <inheritdoc cref="WaitAllDone(CancellationToken)"/>
    public async ValueTask WaitAllDoneAsync(CancellationToken cancellationToken = default) =>
        await WaitAllDoneAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="WaitAllDone(TimeSpan, CancellationToken)"/>
    public async ValueTask<bool> WaitAllDoneAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var deadline = Deadline.After(timeout);
        var baseline = Core.LossesReported;
        _core.BeginAsyncDoneWait(baseline);
        try
        {
            while (true)
            {
                var waiter = Core.DoneWaiters.Enlist();
                try
                {
                    if (IsDoneOrThrow(baseline, search: true))
                    {
                        return true;
                    }

                    if (!await WaitNotifiedAsync(waiter, deadline, QueueWaitKind.Done, cancellationToken).ConfigureAwait(false))
                    {
                        return false;
                    }
                }
                finally
                {
                    _core.DoneWaiters.Withdraw(waiter);
                }
            }
        }
        finally
        {
            _core.EndAsyncDoneWait(baseline);
        }
    }

    private bool WaitAllDoneCore(Deadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var baseline = Core.LossesReported;
        var wait = Core.BeginWait(QueueWaitKind.Done, deadline);
        var search = true;
        while (true)
        {
            var core = Core;
            var seen = core.SequenceOf(QueueWaitKind.Done);
            if (IsDoneOrThrow(baseline, search))
            {
                GC.KeepAlive(this);
                return true;
            }

            // Processes that died before this call are searched for once; later deaths are searched for between the sleeps.
            search = false;
            if (!core.Pause(ref wait, seen, cancellationToken))
            {
                return false;
            }
        }
    }

    private bool IsDoneOrThrow(long baseline, bool search)
    {
        var core = Core;
        if (search)
        {
            core.ReapRows();
        }

        return core.LossSince(baseline) is { } lost ? throw lost : core.IsAllDone;
    }
}

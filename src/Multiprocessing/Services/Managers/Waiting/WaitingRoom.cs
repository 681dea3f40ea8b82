using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The calls that wait for a condition on the state of one managed object, in FIFO order. No thread of the manager waits: each call is a task that
/// <see cref="Pulse"/> completes. All members are called under the object's lock, which the waits' own timers and tokens also enter.
/// </summary>
/// <remarks>
/// A call's attempt runs under the lock, and the call leaves the room in the same step in which its attempt succeeds. So a time-out or a cancelled
/// token never removes a call whose attempt has changed the state.
/// </remarks>
internal sealed class WaitingRoom(Lock gate)
{
    private readonly LinkedList<Waiter> _waiters = [];

    public bool IsEmpty => _waiters.Count == 0;

    public int Count => _waiters.Count;

    /// <summary>Tries once, in the order of the calls, and otherwise waits.</summary>
    /// <param name="attempt">Changes the state and returns <see langword="true"/>, or leaves it as it is. An exception from it ends the wait.</param>
    /// <param name="deadline">The end of the wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the attempt succeeded before the deadline.</returns>
    public ValueTask<bool> Wait(Func<bool> attempt, Deadline deadline, CancellationToken cancellationToken)
    {
        AssertLocked();
        cancellationToken.ThrowIfCancellationRequested();
        if (_waiters.Count == 0 && attempt())
        {
            return new ValueTask<bool>(true);
        }

        if (deadline.HasPassed)
        {
            return new ValueTask<bool>(false);
        }

        var waiter = new Waiter(this, attempt, deadline, cancellationToken);
        waiter.Node = _waiters.AddLast(waiter);
        waiter.Arm();
        return new ValueTask<bool>(waiter.Task);
    }

    /// <summary>Tries the calls in their order, until one does not succeed. Called after each change of the state.</summary>
    public void Pulse()
    {
        AssertLocked();
        while (_waiters.First is { } first && first.Value.Try())
        {
        }
    }

    /// <summary>Ends all waits: their attempts are not tried again.</summary>
    public void Fail(Func<Exception> error)
    {
        AssertLocked();
        while (_waiters.First is { } first)
        {
            first.Value.Leave();
            first.Value.TrySetException(error());
        }
    }

    [Conditional("DEBUG")]
    private void AssertLocked() => Debug.Assert(gate.IsHeldByCurrentThread, "The waiting room is guarded by the lock of its object.");

    private sealed class Waiter(WaitingRoom room, Func<bool> attempt, Deadline deadline, CancellationToken cancellationToken)
        : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private CancellationTokenRegistration _cancellation;
        private LibraryClock.Alarm? _alarm;

        public LinkedListNode<Waiter>? Node { get; set; }

        private Lock Gate => room.Gate;

        /// <summary>Called under the lock. A token that is cancelled meanwhile ends the wait in this call.</summary>
        public void Arm()
        {
            if (!deadline.IsNever)
            {
                _alarm = LibraryClock.After(deadline.TimerDelay, static waiter => ((Waiter)waiter!).TimeOut(), this);
            }

            _cancellation = LastResort.OnCancelled(cancellationToken, this, static waiter => waiter.Cancel());
            if (Node is null)
            {
                Disarm();
            }
        }

        public bool Try()
        {
            try
            {
                if (!attempt())
                {
                    return false;
                }
            }
            catch (Exception error)
            {
                Leave();
                TrySetException(error);
                return true;
            }

            Leave();
            TrySetResult(true);
            return true;
        }

        public void Leave()
        {
            if (Node is { } node)
            {
                Node = null;
                room._waiters.Remove(node);
                Disarm();
            }
        }

        private void Disarm()
        {
            _alarm?.Dispose();

            // Not Dispose, which would wait for a callback that runs on another thread and waits for the lock held here.
            _cancellation.Unregister();
        }

        private void TimeOut()
        {
            // The thread of the timers must not wait: a barrier runs an action of the program under the lock.
            if (!Gate.TryEnter())
            {
                LibraryClock.After(TimeSpan.FromMilliseconds(1), static waiter => ((Waiter)waiter!).TimeOut(), this);
                return;
            }

            try
            {
                if (Node is null)
                {
                    return;
                }

                if (!deadline.HasPassed)
                {
                    _alarm = LibraryClock.After(deadline.TimerDelay, static waiter => ((Waiter)waiter!).TimeOut(), this);
                    return;
                }

                Leave();
                TrySetResult(false);
            }
            finally
            {
                Gate.Exit();
            }
        }

        private void Cancel()
        {
            lock (Gate)
            {
                if (Node is not null)
                {
                    Leave();
                    TrySetCanceled(cancellationToken);
                }
            }
        }
    }

    private Lock Gate => gate;
}

using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// An event that happens once. Code that awaits it continues as <see cref="LibraryWork"/>, so that an asynchronous method of the library that the
/// program waits for synchronously needs no thread of the thread pool. Thread-safe.
/// </summary>
internal sealed class Milestone : ICriticalNotifyCompletion
{
    private static readonly object Reached = new();

    // Null, then an Action or a list of them, finally Reached.
    private object? _state;
    private TaskCompletionSource? _task;

    public bool IsReached => ReferenceEquals(Volatile.Read(ref _state), Reached);

    /// <summary>Marks it as reached and runs the callbacks; returns <see langword="false"/> if it was reached before.</summary>
    public bool Reach()
    {
        switch (Interlocked.Exchange(ref _state, Reached))
        {
            case null:
                return true;
            case Action action:
                action();
                return true;
            case List<Action> actions:
                Action[] all;
                lock (actions)
                {
                    all = [.. actions]; // complete: an addition checks the state under this lock
                }

                foreach (var each in all)
                {
                    each();
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// Calls a callback when it is reached, on the thread that reaches it; at once if it was reached. The callback must be quick and must not throw.
    /// </summary>
    public void WhenReached(Action action)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            switch (state)
            {
                case null:
                    if (Interlocked.CompareExchange(ref _state, action, null) is null)
                    {
                        return;
                    }

                    continue;
                case Action first:
                    if (ReferenceEquals(Interlocked.CompareExchange(ref _state, new List<Action> { first, action }, first), first))
                    {
                        return;
                    }

                    continue;
                case List<Action> actions:
                    lock (actions)
                    {
                        // Reach replaces the state first and then takes this lock.
                        if (ReferenceEquals(Volatile.Read(ref _state), actions))
                        {
                            actions.Add(action);
                            return;
                        }
                    }

                    continue;
                default:
                    action();
                    return;
            }
        }
    }

    /// <summary>Returns a task that completes with it. Continuations of the program run on the thread pool.</summary>
    public Task AsTask()
    {
        if (IsReached)
        {
            return Task.CompletedTask;
        }

        if (Volatile.Read(ref _task) is not { } task)
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            task = Interlocked.CompareExchange(ref _task, mine, null) ?? mine;
            if (ReferenceEquals(task, mine))
            {
                WhenReached(() => mine.TrySetResult());
            }
        }

        return task.Task;
    }

    /// <summary>Returns a task that completes with it, or is cancelled by the token.</summary>
    public Task AsTask(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled || IsReached)
        {
            return AsTask();
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var task = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenRegistration registration = default;
        Action reached = () =>
        {
            registration.Unregister();
            task.TrySetResult();
        };
        WhenReached(reached);
        registration = LastResort.OnCancelled(cancellationToken, task, cancelled =>
        {
            Forget(reached);
            cancelled.TrySetCanceled(cancellationToken);
        });
        if (IsReached)
        {
            registration.Unregister(); // it was reached before the registration existed
        }

        return task.Task;
    }

    /// <summary>Waits until it is reached, or the time limit has passed; returns whether it is reached.</summary>
    public async ValueTask<bool> WaitAsync(TimeSpan limit)
    {
        if (IsReached)
        {
            return true;
        }

        if (limit == Timeout.InfiniteTimeSpan)
        {
            await this;
            return true;
        }

        var either = new Milestone();
        Action reached = () => either.Reach();
        WhenReached(reached);
        using (LibraryClock.After(limit, static state => ((Milestone)state!).Reach(), either))
        {
            await either;
        }

        Forget(reached);
        return IsReached;
    }

    /// <summary>Removes a callback, so that a loop of waits with a limit does not accumulate callbacks.</summary>
    public void Forget(Action action)
    {
        switch (Volatile.Read(ref _state))
        {
            case Action only when ReferenceEquals(only, action):
                if (!ReferenceEquals(Interlocked.CompareExchange(ref _state, null, action), action))
                {
                    goto case null; // there are several now
                }

                break;
            case List<Action> actions:
                lock (actions)
                {
                    actions.Remove(action);
                }

                break;
            case null:
                if (Volatile.Read(ref _state) is List<Action>)
                {
                    Forget(action);
                }

                break;
        }
    }

    public Milestone GetAwaiter() => this;

    public bool IsCompleted => IsReached;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => WhenReached(() => LibraryWork.Continue(continuation));
}

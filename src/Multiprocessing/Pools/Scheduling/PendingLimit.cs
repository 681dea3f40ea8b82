namespace Multiprocessing;

/// <summary>
/// Limits the tasks of a pool that wait or run to <see cref="ProcessPoolOptions.MaxPending"/>; further ones wait here, in the order of their calls.
/// No thread waits: the end of one task submits the next. Owns the waiting tasks, under its gate. Invariant: a task waits only while no place is
/// free.
/// </summary>
internal sealed class PendingLimit(int max)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Action> _waiting = [];
    private int _free = max;
    private int _left;
    private bool _isSubmitting;

    /// <summary>Returns <see langword="null"/> if the task may be submitted now; otherwise its place among those that wait.</summary>
    /// <param name="submit">
    /// Submits the task, which calls <see cref="Leave"/> when it has ended, or when it could not be submitted. Does not throw.
    /// </param>
    public LinkedListNode<Action>? Enter(Action submit)
    {
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return null;
            }

            return _waiting.AddLast(submit);
        }
    }

    /// <summary>Whether the task was neither submitted nor given up.</summary>
    public bool IsWaiting(LinkedListNode<Action> place)
    {
        lock (_gate)
        {
            return place.List is not null;
        }
    }

    /// <summary>Removes a task that waits.</summary>
    /// <returns><see langword="true"/> if the task still waited: it will not be submitted.</returns>
    public bool GiveUp(LinkedListNode<Action> place)
    {
        lock (_gate)
        {
            if (place.List is null)
            {
                return false;
            }

            _waiting.Remove(place);
            return true;
        }
    }

    /// <summary>A submitted task has ended. Submits the one that has waited longest.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _left++;
            if (_isSubmitting)
            {
                return; // the thread that submits continues with this one, too; otherwise each end inside of a submission would recurse
            }

            _isSubmitting = true;
        }

        while (Next() is { } next)
        {
            next();
        }
    }

    private Action? Next()
    {
        lock (_gate)
        {
            for (; _left > 0; _left--)
            {
                if (_waiting.First is { } first)
                {
                    _waiting.RemoveFirst();
                    _left--;
                    return first.Value;
                }

                _free++;
            }

            _isSubmitting = false;
            return null;
        }
    }
}

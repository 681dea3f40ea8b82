namespace Multiprocessing;

/// <summary>
/// Lets in as many tasks at a time as <see cref="ProcessPoolOptions.MaxPending"/> says; further ones wait here, first come, first served. No thread waits: the end of one task submits the next.
/// </summary>
internal sealed class PendingLimit(int most)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Action> _waiting = [];
    private int _free = most;
    private int _left;
    private bool _isSubmitting;

    /// <summary>Null if the task may be submitted now; else its place among those that wait.</summary>
    /// <param name="submit">Submits the task, which calls <see cref="Leave"/> when it has ended, also when it could not be submitted. Does not throw.</param>
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

    /// <summary>The task has not been submitted yet, nor given up.</summary>
    public bool IsWaiting(LinkedListNode<Action> place)
    {
        lock (_gate)
        {
            return place.List is not null;
        }
    }

    /// <summary>True if the task still waited: it will not be submitted.</summary>
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

    /// <summary>A task that was let in has ended. Submits the one that has waited longest.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _left++;
            if (_isSubmitting)
            {
                return; // whoever does sees to it; each end inside of a submission would go one level deeper
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

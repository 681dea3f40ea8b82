namespace Multiprocessing;

// The end of the supervisor.
internal sealed partial class SupervisorCore
{
    /// <summary>Stops all children in the reverse order of their start; see <see cref="Ended"/>.</summary>
    /// <param name="isFinal">No further life begins, and no children are added.</param>
    public void BeginStop(bool isFinal) => Change(() =>
    {
        _isRetired |= isFinal;
        if (_isLive)
        {
            BeginStopping();
        }
        else if (isFinal)
        {
            Retire(); // it has never begun, or has ended before
        }
    });

    /// <summary>Kills all children at once.</summary>
    public void Kill() => Change(() =>
    {
        if (_isLive)
        {
            BeginStopping();
            KillAll();
        }
    });

    /// <summary>Under the gate.</summary>
    private void BeginStopping()
    {
        if (_isStopping)
        {
            return;
        }

        _isStopping = true;
        _group?.Dispose();
        _group = null;
        if (Options.ShutdownGrace != Timeout.InfiniteTimeSpan)
        {
            // By the system's clock: a program's own clock may stand still.
            _stopTimer = LastResort.NewTimer(EntryPoint.SupervisorTimer, Options.ShutdownGrace, () => Change(KillAll), Fail);
        }
    }

    /// <summary>Under the gate.</summary>
    private void KillAll()
    {
        if (!_isLive)
        {
            return;
        }

        _isKilling = true;
        foreach (var entry in _children)
        {
            switch (entry.State)
            {
                case SupervisedChildState.Running:
                    entry.State = SupervisedChildState.Stopping;
                    Kill(entry);
                    break;
                case SupervisedChildState.Starting:
                    CancelStart(entry);
                    break;
                case SupervisedChildState.Stopping when entry.Starting is null:
                    Kill(entry);
                    break;
            }
        }
    }

    /// <summary>No child runs any more. Under the gate.</summary>
    private void Finish()
    {
        _isLive = false;
        _stopTimer?.Dispose();
        _stopTimer = null;
        foreach (var entry in _children)
        {
            entry.Timer?.Dispose();
        }

        var (life, end) = (_life, new ChildEnd(_failure));
        Later(() => life.TrySetResult(end));
        _isRetired |= _isRoot;
        if (_isRetired)
        {
            Retire();
        }
    }

    /// <summary>The supervisor has ended for good, and so have the supervisors below it. Under the gate.</summary>
    private void Retire()
    {
        foreach (var entry in _children)
        {
            Later(entry.Child.Release);
            if (entry.Child is NestedSupervisor nested)
            {
                Later(() => nested.Core.BeginStop(isFinal: true));
            }
        }

        Later(() => StatusPublisher.Remove(_status));
        var failure = _failure;
        Later(() =>
        {
            if (failure is null)
            {
                _completion.TrySetResult();
            }
            else
            {
                _completion.TrySetException(failure);
                _ = _completion.Task.Exception; // observed: it was logged, and DisposeAsync throws it
            }
        });
    }
}

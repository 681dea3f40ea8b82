namespace Multiprocessing;

// What follows from the end of a child.
internal sealed partial class SupervisorCore
{
    /// <summary>A child has ended without being asked to. Under the gate.</summary>
    private void OnDied(ChildEntry entry, ChildEnd end, bool hasRun)
    {
        if (end.Failure is not null || entry.Options.Restart is RestartPolicy.Permanent)
        {
            Report(() => LogDeath(entry, end, hasRun));
        }

        if (_isStopping || entry.IsRemoving || Session.Current.HasLeft || _group?.Affects(entry) == true)
        {
            entry.State = SupervisedChildState.Stopped; // the stop or the group's restart that is in progress was about to stop it
            return;
        }

        if (entry.Options.Restart is RestartPolicy.Temporary || (entry.Options.Restart is RestartPolicy.Transient && end.Failure is null))
        {
            EndForGood(entry);
            return;
        }

        if (!_intensity.TryAdd(new SupervisorRestart(entry.Name, _clock.Now, end.Failure)))
        {
            Escalate(entry, end);
            return;
        }

        entry.Restarts++;
        entry.EndedAt = _clock.Timestamp;
        entry.State = SupervisedChildState.BackingOff;
        var delay = Options.BackOff.DelayBefore(_intensity.CountOf(entry.Name), Random.Shared.NextDouble());
        var recent = _intensity.Recent.Count;
        Report(() => SupervisionLog.Restarts(Name, entry.Name, Options.Strategy, delay, recent, Options.MaxRestarts));
        switch (Options.Strategy)
        {
            case RestartStrategy.OneForOne:
                StartAfter(entry, delay);
                break;
            case RestartStrategy.OneForAll:
                RestartGroup(_children, delay);
                break;
            default:
                RestartGroup(_children.Skip(_children.IndexOf(entry)), delay);
                break;
        }
    }

    private void LogDeath(ChildEntry entry, ChildEnd end, bool hasRun)
    {
        if (hasRun)
        {
            SupervisionMetrics.ChildDied(Name, entry.Name);
            SupervisionLog.Died(Name, entry.Name, end.ProcessId, end);
        }
        else
        {
            SupervisionLog.StartFailed(Name, entry.Name, end);
        }
    }

    private void EndForGood(ChildEntry entry)
    {
        entry.State = SupervisedChildState.Ended;
        Later(entry.Child.Release);
        entry.IsRemoving |= entry.Options.Restart is RestartPolicy.Temporary; // as in Erlang/OTP: any number of them may come and end
        Report(() => SupervisionLog.Ended(Name, entry.Name, entry.Options.Restart));
    }

    private void StartAfter(ChildEntry entry, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Start(entry);
            return;
        }

        var life = entry.Life;
        entry.Timer?.Dispose();
        entry.Timer = _clock.After(
            delay,
            () => Change(() =>
            {
                if (entry.Life == life && entry.State is SupervisedChildState.BackingOff && !_isStopping)
                {
                    Start(entry);
                }
            }),
            Fail);
    }

    /// <summary>
    /// Begins the restart of a group, or extends the one in progress: an earlier child has died too, and its back-off begins anew.
    /// </summary>
    private void RestartGroup(IEnumerable<ChildEntry> entries, TimeSpan delay)
    {
        var group = _group ??= new GroupRestart();
        group.Add(entries);
        if (delay <= TimeSpan.Zero && group.Round == 0)
        {
            group.IsDue = true;
        }
        else if (delay > TimeSpan.Zero)
        {
            group.IsDue = false;
            group.Timer?.Dispose();
            var round = ++group.Round;
            group.Timer = _clock.After(
                delay,
                () => Change(() =>
                {
                    if (_group == group && group.Round == round)
                    {
                        group.IsDue = true;
                    }
                }),
                Fail);
        }
    }

    /// <summary>All of the group have ended, and its back-off is over: all start in order, except those that never start again.</summary>
    private void EndGroup(GroupRestart group)
    {
        group.Dispose();
        _group = null;
        foreach (var entry in _children.Where(group.Affects))
        {
            Revive(entry);
        }
    }

    private void Escalate(ChildEntry entry, ChildEnd end)
    {
        var exception = new SupervisorEscalatedException(Name, entry.Name, end.Failure, _intensity.Recent);
        entry.State = SupervisedChildState.Stopped;
        _failure = exception;
        _isRetired |= _isRoot;
        BeginStopping();
        Report(() =>
        {
            SupervisionMetrics.Escalated(Name, entry.Name);
            SupervisionLog.Escalated(Name, exception);
        });
    }

    private void OnProbeFailed(ChildEntry entry, int life, int failures, Exception? exception) => Change(() =>
    {
        if (entry.Life != life || entry.State is not SupervisedChildState.Running)
        {
            return;
        }

        Report(() =>
        {
            SupervisionMetrics.ProbeFailed(Name, entry.Name);
            SupervisionLog.ProbeFailed(Name, entry.Name, failures, entry.Options.ProbeFailures, exception);
        });
        if (failures >= entry.Options.ProbeFailures)
        {
            entry.KilledFor = new HealthProbeFailedException(entry.Name, entry.Child.ProcessId ?? 0, failures, exception);
            Kill(entry);
        }
    });
}
